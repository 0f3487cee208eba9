package io.github.diffusion4j.train.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.bytedeco.pytorch.global.torch;

/**
 * Threads that each do a part of some work with operations of their own, where LibTorch's threads
 * would share each of its operations.
 *
 * <p>LibTorch's threads are OpenMP's, and its number of them is one for each thread of the program.
 * It is set by OpenMP's own function, since LibTorch's sets what threads to come begin with too.
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

  /** Whether LibTorch's threads are OpenMP's. */
  static boolean isPossible() {
    return torch.get_parallel_info().getString().contains("parallel backend: OpenMP")
        && CFunction.SET_NUM_THREADS.isThere();
  }

  private static void takeOneThread() {
    if (torch.get_num_threads() != 1) {
      CFunction.SET_NUM_THREADS.call(1, 0);
    }
  }

  /** Does all parts, from 0, and waits for them, where one fails too. */
  static void run(int parts, IntConsumer part) {
    if (parts == 1) {
      part.accept(0);
      return;
    }
    grow(parts);
    List<CompletableFuture<Void>> all = new ArrayList<>();
    try {
      for (int i = 0; i < parts; i++) {
        int number = i;
        Runnable work = () -> part.accept(number);
        try {
          all.add(
              CompletableFuture.runAsync(
                  () -> {
                    takeOneThread();
                    work.run();
                  },
                  THREADS));
        } catch (OutOfMemoryError e) { // no more threads
          work.run();
        }
      }
    } finally {
      Guard.joined(CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)));
    }
  }
}
