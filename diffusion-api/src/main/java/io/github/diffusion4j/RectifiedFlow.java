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
  public double position(double ratio) {
    return ratio == Double.POSITIVE_INFINITY ? 1 : ratio / (1 + ratio);
  }

  @Override
  public String toString() {
    return "rectifiedFlow";
  }
}
