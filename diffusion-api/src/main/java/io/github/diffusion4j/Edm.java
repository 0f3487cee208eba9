package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;

/** The path with signal 1, positions being the noise. */
record Edm(double least, double most, double dataDeviation) implements ContinuousSchedule {

  Edm {
    Checks.positive(least, "least σ");
    Checks.positive(most, "greatest σ");
    Checks.positive(dataDeviation, "data deviation");
    Checks.require(
        least < most,
        () -> "σ must grow from the least to the greatest, got " + least + ", " + most);
  }

  @Override
  public NoiseLevel at(double position) {
    Checks.inRange(0, Double.MAX_VALUE, position, "σ");
    return new NoiseLevel(
        1,
        position,
        0.25 * Math.log(position == 0 ? least : position),
        1 / Math.hypot(position, dataDeviation));
  }

  @Override
  public double position(double ratio) {
    return ratio;
  }

  @Override
  public double first() {
    return most;
  }

  @Override
  public String toString() {
    return "edm(" + least + ", " + most + ", " + dataDeviation + ")";
  }
}
