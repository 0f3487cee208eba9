package io.github.diffusion4j.train;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.train.torch.Group;
import io.github.diffusion4j.train.torch.LostWorkerException;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/** Whether a run can be used: it is not closed, not in the middle of a step, and has not failed. */
final class RunState {

  private final Supplier<String> lastGood;
  private Optional<DiffusionException> cause = Optional.empty();
  private boolean isBusy;
  private boolean isClosed;

  /**
   * @param lastGood which checkpoint there is
   */
  RunState(Supplier<String> lastGood) {
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

  /**
   * Does what all workers do together: where it fails on one, it cannot be done again, since the
   * others have failed with it. The run keeps what it has.
   */
  <T> T shared(Group group, Supplier<T> work, Runnable keep) {
    try {
      return work.get();
    } catch (LostWorkerException e) {
      throw lost("", e, keep);
    } catch (RuntimeException | Error e) {
      keep(keep, e);
      if (group.size() > 1) {
        set(new DiffusionException("training has failed: " + e.getMessage(), e));
      }
      throw e;
    }
  }

  private DiffusionException lost(String where, LostWorkerException e, Runnable keep) {
    keep(keep, e);
    return set(where + e.getMessage(), e);
  }

  private static void keep(Runnable keep, Throwable cause) {
    try {
      keep.run();
    } catch (RuntimeException | Error failed) {
      cause.addSuppressed(failed);
    }
  }

  /** Makes a step; where a worker is lost, the run keeps what it has. */
  double step(long number, DoubleSupplier step, Runnable keep) {
    try {
      return step.getAsDouble();
    } catch (LostWorkerException e) {
      throw lost("step " + number + ": ", e, keep);
    } catch (RuntimeException | Error e) {
      // Running means may have moved, so the run would not go on with the same numbers.
      set(new DiffusionException("step " + number + " failed: " + e, e));
      throw e;
    }
  }

  /** Does something that the run cannot be used within, by the data set or the network say. */
  <T> T alone(Supplier<T> work) {
    isBusy = true;
    try {
      return work.get();
    } finally {
      isBusy = false;
    }
  }

  /** The same for something that gives nothing. */
  void aside(Runnable work) {
    alone(
        () -> {
          work.run();
          return true;
        });
  }

  /**
   * Ends the use of the run.
   *
   * @return whether it had not ended before
   * @throws IllegalStateException if a step is being made on this thread
   */
  boolean close() {
    checkIdle();
    boolean wasOpen = !isClosed;
    isClosed = true;
    return wasOpen;
  }

  private void checkIdle() {
    if (isBusy) {
      throw new IllegalStateException(
          "a step is being made, within which its data set and its network cannot use the trainer");
    }
  }

  /**
   * Checks that the run can be used.
   *
   * @throws IllegalStateException if it cannot
   */
  void check() {
    if (isClosed) {
      throw new IllegalStateException("the trainer is closed");
    }
    checkIdle();
    cause.ifPresent(
        failure -> {
          throw new IllegalStateException("the run cannot go on: " + failure.getMessage(), failure);
        });
  }
}
