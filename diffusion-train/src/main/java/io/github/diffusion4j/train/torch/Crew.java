package io.github.diffusion4j.train.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.bytedeco.pytorch.global.torch;

/**
 * Threads that each do a part of some work with operations of their own, where LibTorch's threads
 * would share each of its operations.
 */
final class Crew {

  private static final int SECONDS_IDLE = 10;
  private static final AtomicInteger HIRED = new AtomicInteger();
  private static final ExecutorService THREADS =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          SECONDS_IDLE,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          Crew::daemon);

  private Crew() {}

  private static Thread daemon(Runnable work) {
    Thread thread =
        new Thread(
            () -> {
              torch.get_num_threads(); // or LibTorch sets the number at the first operation
              torch.set_num_threads(1);
              HIRED.incrementAndGet();
              work.run();
            },
            "diffusion4j-crew");
    thread.setDaemon(true);
    return thread;
  }

  /** Does all parts, from 0, and waits for them. */
  static void run(int parts, IntConsumer part) {
    if (parts == 1) {
      part.accept(0);
      return;
    }
    int threads = torch.get_num_threads();
    int hired = HIRED.get();
    List<CompletableFuture<Integer>> all = new ArrayList<>();
    try {
      for (int i = 0; i < parts; i++) {
        int number = i;
        all.add(
            CompletableFuture.supplyAsync(
                () -> {
                  part.accept(number);
                  return number;
                },
                THREADS));
      }
    } finally {
      Guard.joined(
          CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).thenApply(none -> parts));
      if (HIRED.get() != hired) {
        torch.set_num_threads(threads); // what LibTorch gives further threads of the program
      }
    }
  }
}
