package io.github.diffusion4j.train;

import io.github.diffusion4j.DiffusionException;
import java.util.Optional;

/** What ended a run before its time, if anything has. */
final class Failure {

  private Optional<DiffusionException> cause = Optional.empty();

  /** Remembers a failure and gives it, to be thrown. */
  DiffusionException set(String what, Optional<RunFolder> folder) {
    String kept = folder.map(RunFolder::lastGood).orElse("the run keeps no checkpoints");
    return set(new DiffusionException("training has failed: " + what + "; " + kept));
  }

  DiffusionException set(DiffusionException failure) {
    cause = Optional.of(failure);
    return failure;
  }

  /** A run whose files cannot be written has failed: what it would do next, they would not hold. */
  void guard(Runnable write) {
    try {
      write.run();
    } catch (DiffusionException e) {
      throw set(e);
    }
  }

  /**
   * Checks that there is none.
   *
   * @throws IllegalStateException if there is one
   */
  void check() {
    cause.ifPresent(
        failure -> {
          throw new IllegalStateException("the run cannot go on: " + failure.getMessage(), failure);
        });
  }
}
