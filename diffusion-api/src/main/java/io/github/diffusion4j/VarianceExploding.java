package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;

/** Noise that is added to the image as it is. */
record VarianceExploding(double largest) implements ContinuousSchedule {

  VarianceExploding {
    Checks.positive(largest, "largest noise");
  }

  @Override
  public NoiseLevel at(double position) {
    Checks.inRange(0, largest, position, "position");
    return NoiseLevel.of(1, position, position);
  }

  /** The ratio itself; what is the greatest but for rounding is the greatest. */
  @Override
  public double position(double ratio) {
    return Math.abs(ratio - largest) <= 1e-9 * largest ? largest : ratio;
  }

  @Override
  public double first() {
    return largest;
  }

  @Override
  public String toString() {
    return "varianceExploding(" + largest + ")";
  }
}
