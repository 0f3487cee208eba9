package io.github.diffusion4j;

import java.util.function.DoubleUnaryOperator;

/** A schedule whose network is told another time. */
record TimedSchedule(NoiseSchedule base, DoubleUnaryOperator clock) implements NoiseSchedule {

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
    return base + ".timed";
  }
}
