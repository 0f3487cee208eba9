package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;

/** A schedule for images that are divided by their signal. */
record Exploding(NoiseSchedule base) implements DerivedSchedule {

  static NoiseLevel of(NoiseLevel level) {
    Checks.require(
        level.signal() > 0,
        () -> "a level without signal has no variance-exploding form, got " + level);
    return new NoiseLevel(1, Ratios.of(level), level.time(), level.inputScale() * level.signal());
  }

  @Override
  public NoiseLevel at(double position) {
    return of(base.at(position));
  }

  @Override
  public NoiseLevel atRatio(double ratio) {
    return of(base.atRatio(ratio));
  }

  @Override
  public String toString() {
    return base + ".exploding";
  }
}
