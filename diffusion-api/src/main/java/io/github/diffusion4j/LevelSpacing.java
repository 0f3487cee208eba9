package io.github.diffusion4j;

/** A spacing whose levels need not be at positions of the schedule. */
interface LevelSpacing extends Spacing {

  @Override
  default double[] positions(NoiseSchedule schedule, int steps) {
    throw new IllegalArgumentException(
        this + " spacing visits levels, not positions; ask for its timeline");
  }
}
