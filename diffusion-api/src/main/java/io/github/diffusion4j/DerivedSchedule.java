package io.github.diffusion4j;

/** A schedule with the positions of another. */
interface DerivedSchedule extends NoiseSchedule {

  NoiseSchedule base();

  @Override
  default double first() {
    return base().first();
  }

  @Override
  default double last() {
    return base().last();
  }

  @Override
  default boolean isDiscrete() {
    return base().isDiscrete();
  }
}
