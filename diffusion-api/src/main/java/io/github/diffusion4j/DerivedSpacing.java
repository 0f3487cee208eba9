package io.github.diffusion4j;

/** A spacing that goes through the places of another, in a way of its own. */
interface DerivedSpacing extends Spacing {

  Spacing spacing();

  @Override
  default int steps(NoiseSchedule schedule) {
    return spacing().steps(schedule);
  }

  @Override
  default double[] positions(NoiseSchedule schedule, int steps) {
    return spacing().positions(schedule, steps);
  }
}
