package io.github.diffusion4j.train.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import org.bytedeco.pytorch.global.torch;

/**
 * Threads that each do a part of some work with operations of their own, where LibTorch's threads
 * would share each of its operations.
 *
 * <p>LibTorch keeps a number of threads for each thread, and one that threads begin with which are
 * new to it. Both are 1 while a thread of the crew begins; a thread of the program that comes to
 * LibTorch just then keeps 1.
 */
final class Crew {

  private static final int SECONDS_IDLE = 10;
  private static final ThreadPoolExecutor THREADS =
      new ThreadPoolExecutor(
          1, 1, SECONDS_IDLE, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), Crew::daemon);

  static {
    THREADS.allowCoreThreadTimeOut(true);
  }

  private Crew() {}

  /** Whether LibTorch has a number of threads for each thread, as it has by OpenMP. */
  static boolean isPossible() {
    return torch.get_parallel_info().getString().contains("parallel backend: OpenMP");
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "diffusion4j-crew");
    thread.setDaemon(true);
    return thread;
  }

  /** As many threads as the most parts so far; the parts of several callers share them. */
  private static synchronized void grow(int threads) {
    if (threads > THREADS.getCorePoolSize()) {
      THREADS.setMaximumPoolSize(threads);
      THREADS.setCorePoolSize(threads);
    }
  }

  /** Does all parts, from 0, and waits for them, where one fails too. */
  static void run(int parts, IntConsumer part) {
    if (parts == 1) {
      part.accept(0);
      return;
    }
    grow(parts);
    int threads = torch.get_num_threads();
    AtomicBoolean isChanged = new AtomicBoolean();
    List<CompletableFuture<Void>> all = new ArrayList<>();
    try {
      for (int i = 0; i < parts; i++) {
        int number = i;
        all.add(
            CompletableFuture.runAsync(
                () -> {
                  if (torch.get_num_threads() != 1) {
                    torch.set_num_threads(1);
                    isChanged.set(true);
                  }
                  part.accept(number);
                },
                THREADS));
      }
    } finally {
      try {
        Guard.joined(CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)));
      } finally {
        if (isChanged.get()) {
          torch.set_num_threads(threads);
        }
      }
    }
  }
}
