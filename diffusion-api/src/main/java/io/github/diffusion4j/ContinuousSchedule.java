package io.github.diffusion4j;

/** A schedule with a level at every position from the first down to 0, the clean image. */
interface ContinuousSchedule extends NoiseSchedule {

  @Override
  default double last() {
    return 0;
  }

  @Override
  default boolean isDiscrete() {
    return false;
  }
}
