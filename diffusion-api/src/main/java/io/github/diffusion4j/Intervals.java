package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;

/** The intervals that come with the library. */
final class Intervals {

  private Intervals() {}

  record OfNoise(double low, double high) implements Interval {

    OfNoise {
      Checks.require(
          low >= 0 && low < high,
          () -> "an interval of noise needs 0 <= low < high, got (" + low + ", " + high + "]");
    }

    @Override
    public boolean contains(Moment now) {
      double noise = now.level().noise() / now.level().signal();
      return noise > low && noise <= high;
    }

    @Override
    public String toString() {
      return "noise (" + low + ", " + high + "]";
    }
  }

  record OfSteps(double start, double stop) implements Interval {

    OfSteps {
      Checks.require(
          start >= 0 && start < stop && stop <= 1,
          () ->
              "an interval of steps needs 0 <= start < stop <= 1, got ["
                  + start
                  + ", "
                  + stop
                  + ")");
    }

    @Override
    public boolean contains(Moment now) {
      Checks.require(
          now.steps().isPresent(),
          () -> "an interval of steps needs a run of known length, got step " + now.index());
      int steps = now.steps().orElseThrow();
      return (int) (start * steps) <= now.index() && now.index() < (int) (stop * steps);
    }

    @Override
    public String toString() {
      return "steps [" + start + ", " + stop + ")";
    }
  }
}
