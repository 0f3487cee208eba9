package io.github.diffusion4j.train;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.train.torch.LostWorkerException;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/** What ended a run before its time, if anything has. */
final class Failure {

  private final Supplier<String> lastGood;
  private Optional<DiffusionException> cause = Optional.empty();

  /**
   * @param lastGood which checkpoint there is
   */
  Failure(Supplier<String> lastGood) {
    this.lastGood = lastGood;
  }

  /** Remembers a failure and gives it, to be thrown. */
  DiffusionException set(String what) {
    return set(new DiffusionException("training has failed: " + what + "; " + lastGood.get()));
  }

  /** The same with what was behind it. */
  DiffusionException set(String what, Throwable behind) {
    DiffusionException failure = set(what);
    failure.initCause(behind);
    return failure;
  }

  DiffusionException set(DiffusionException failure) {
    cause = Optional.of(failure);
    return failure;
  }

  /** A run whose files cannot be written, or whose workers are not all there, has failed. */
  void guard(Runnable write) {
    try {
      write.run();
    } catch (LostWorkerException e) {
      throw set("a worker is lost: " + e.getMessage(), e);
    } catch (DiffusionException e) {
      throw set(e);
    }
  }

  /** Makes a step; where a worker is lost, the run keeps what it has. */
  double step(long number, DoubleSupplier step, Runnable keep) {
    try {
      return step.getAsDouble();
    } catch (LostWorkerException e) {
      try {
        keep.run();
      } catch (RuntimeException failed) {
        e.addSuppressed(failed);
      }
      throw set("step " + number + ": " + e.getMessage(), e);
    } catch (RuntimeException | Error e) {
      // Running means may have moved, so the run would not go on with the same numbers.
      set(new DiffusionException("step " + number + " failed: " + e, e));
      throw e;
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
