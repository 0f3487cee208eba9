package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;

/** A schedule with a level at every position from the first, usually 1, to 0, the clean image. */
interface ContinuousSchedule extends NoiseSchedule {

  /** The position of a ratio of noise to signal, which is infinite where there is no signal. */
  double position(double ratio);

  @Override
  default NoiseLevel atRatio(double ratio) {
    return at(position(Checks.inRange(0, Double.MAX_VALUE, ratio, "ratio of noise to signal")));
  }

  @Override
  default double first() {
    return 1;
  }

  @Override
  default double last() {
    return 0;
  }

  @Override
  default boolean isDiscrete() {
    return false;
  }
}
