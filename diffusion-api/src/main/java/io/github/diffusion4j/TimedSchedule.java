package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.function.DoubleUnaryOperator;

/** A schedule whose network is told another time. */
record TimedSchedule(NoiseSchedule base, DoubleUnaryOperator clock, String clockName)
    implements DerivedSchedule {

  static TimedSchedule affine(NoiseSchedule base, double factor, double offset) {
    Checks.finite(factor, "factor of the clock");
    Checks.finite(offset, "offset of the clock");
    return new TimedSchedule(
        base, p -> factor * p + offset, "timed(" + factor + ", " + offset + ")");
  }

  @Override
  public NoiseLevel at(double position) {
    NoiseLevel level = base.at(position);
    return new NoiseLevel(
        level.signal(), level.noise(), clock.applyAsDouble(position), level.inputScale());
  }

  @Override
  public NoiseLevel atRatio(double ratio) {
    NoiseLevel level = base.atRatio(ratio);
    double time =
        isDiscrete()
            ? Ratios.level(this, ratio).time()
            : clock.applyAsDouble(Clocks.position(this, ratio));
    return new NoiseLevel(level.signal(), level.noise(), time, level.inputScale());
  }

  @Override
  public String toString() {
    return base + "." + clockName;
  }
}
