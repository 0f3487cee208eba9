package io.github.diffusion4j.train.torch;

import io.github.diffusion4j.DiffusionException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/** Errors from elsewhere as those of this library. */
public final class Guard {

  private Guard() {}

  /**
   * Does some work. LibTorch's errors come as nothing more particular than {@link
   * RuntimeException}, thrown by a native method, its stack in the text.
   *
   * @throws DiffusionException if LibTorch fails
   */
  static <T> T guarded(String what, Supplier<T> work) {
    try {
      return work.get();
    } catch (RuntimeException e) {
      StackTraceElement[] stack = e.getStackTrace();
      boolean isJava = stack.length > 0 && !stack[0].isNativeMethod();
      if (e.getClass() != RuntimeException.class || isJava) {
        throw e;
      }
      String text = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new DiffusionException("LibTorch failed in " + what + ": " + text, e);
    }
  }

  /**
   * What another thread has made. Waits even where this thread is interrupted: an interrupt does
   * not end a run.
   *
   * @param <T> what it is
   * @param work what the other thread does
   * @return its result
   * @throws RuntimeException what it throws, as it is; so with errors
   */
  public static <T> T joined(CompletableFuture<T> work) {
    try {
      return work.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      throw new DiffusionException("work on another thread failed: " + e.getCause(), e);
    }
  }
}
