package io.github.diffusion4j.train.torch;

import io.github.diffusion4j.DiffusionException;
import java.util.function.Supplier;

/** LibTorch's errors as those of this library. */
final class Guard {

  private Guard() {}

  /**
   * Does some work. LibTorch's errors come as nothing more particular than {@link
   * RuntimeException}, its stack in the text.
   *
   * @throws DiffusionException if LibTorch fails
   */
  static <T> T guarded(String what, Supplier<T> work) {
    try {
      return work.get();
    } catch (RuntimeException e) {
      if (e.getClass() != RuntimeException.class) {
        throw e;
      }
      String text = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new DiffusionException("LibTorch failed in " + what + ": " + text, e);
    }
  }
}
