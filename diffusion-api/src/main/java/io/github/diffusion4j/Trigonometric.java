package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;

/** The path {@code x = cos(πp/2)·clean + sin(πp/2)·ε}, whose network is told the position p. */
record Trigonometric() implements ContinuousSchedule {

  @Override
  public NoiseLevel at(double position) {
    Checks.inRange(0, 1, position, "position");
    double angle = position * Math.PI / 2;
    double signal = position == 1 ? 0 : Math.cos(angle);
    return NoiseLevel.of(signal, Math.sin(angle), position);
  }

  @Override
  public double position(double ratio) {
    return Math.atan(ratio) / Math.PI * 2;
  }

  @Override
  public String toString() {
    return "trigonometric";
  }
}
