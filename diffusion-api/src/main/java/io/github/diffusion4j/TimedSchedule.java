package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.function.DoubleUnaryOperator;

/** A schedule whose network is told another time. */
record TimedSchedule(NoiseSchedule base, DoubleUnaryOperator clock, String clockName)
    implements NoiseSchedule {

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
  public double first() {
    return base.first();
  }

  @Override
  public double last() {
    return base.last();
  }

  @Override
  public boolean isDiscrete() {
    return base.isDiscrete();
  }

  @Override
  public String toString() {
    return base + "." + clockName;
  }
}
