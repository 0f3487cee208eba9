package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;

/** The straight path from noise to image. */
record RectifiedFlow() implements ContinuousSchedule {

  @Override
  public NoiseLevel at(double position) {
    Checks.inRange(0, 1, position, "position");
    return NoiseLevel.of(1 - position, position, 1 - position);
  }

  @Override
  public NoiseLevel atRatio(double ratio) {
    Checks.inRange(0, Double.MAX_VALUE, ratio, "ratio of noise to signal");
    return at(ratio / (1 + ratio));
  }

  @Override
  public double first() {
    return 1;
  }

  @Override
  public String toString() {
    return "rectifiedFlow";
  }
}
