package io.github.diffusion4j.train.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.global.torch;

/**
 * A thread that glibc serves from its main heap, the only one without a largest block.
 *
 * <p>Which heap a thread has is glibc's choice, at its first block. It gives new threads the heaps
 * of those that have ended, then new heaps up to eight times the number of cores, and then deals
 * out those that there are, the main heap among them.
 */
final class MainHeapThread implements AutoCloseable {

  /** Enough for 30 cores; on more, none may be found. */
  private static final int MOST_THREADS = 256;

  /** A block too large for what a thread keeps by itself, and smaller than what mmap may serve. */
  private static final int PROBE = 100_000;

  private static final int NON_MAIN_ARENA = 4; // malloc.c
  private static final int PAUSE_SOFT = 1; // omp.h

  private final ExecutorService thread;

  private MainHeapThread(ExecutorService thread) {
    this.thread = thread;
  }

  /** Such a thread, if one is found. */
  static Optional<MainHeapThread> find() {
    List<ExecutorService> others = new ArrayList<>();
    try {
      while (others.size() < MOST_THREADS) {
        ExecutorService next = Executors.newSingleThreadExecutor(MainHeapThread::daemon);
        if (CompletableFuture.supplyAsync(MainHeapThread::hasMainHeap, next).join()) {
          return Optional.of(new MainHeapThread(next));
        }
        others.add(next);
      }
      return Optional.empty();
    } catch (OutOfMemoryError e) { // no more threads
      return Optional.empty();
    } finally {
      others.forEach(ExecutorService::shutdown);
      others.forEach(MainHeapThread::awaitEnd);
    }
  }

  /** So that there are threads for OpenMP, which ends the process where it gets none. */
  private static void awaitEnd(ExecutorService thread) {
    try {
      thread.awaitTermination(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "diffusion4j-steps");
    thread.setDaemon(true);
    return thread;
  }

  /** By the flag in the word that glibc keeps before each block. */
  private static boolean hasMainHeap() {
    Pointer block = Pointer.malloc(PROBE);
    try {
      return (new LongPointer(block).get(-1) & NON_MAIN_ARENA) == 0;
    } finally {
      Pointer.free(block);
    }
  }

  /**
   * Does some work with the caller's number of threads, and waits for it.
   *
   * <p>OpenMP has threads for each thread that calls it. Where all of them are more than the cores,
   * its threads sleep as soon as they wait, and waking them takes longer than many operations. So
   * the caller's are ended first.
   */
  double run(DoubleSupplier work) {
    int threads = torch.get_num_threads();
    CFunction.PAUSE_RESOURCE_ALL.call(PAUSE_SOFT, 0);
    return Guard.joined(
        CompletableFuture.supplyAsync(
            () -> {
              if (torch.get_num_threads() != threads) {
                torch.set_num_threads(threads);
              }
              return work.getAsDouble();
            },
            thread));
  }

  @Override
  public void close() {
    thread.shutdown();
  }
}
