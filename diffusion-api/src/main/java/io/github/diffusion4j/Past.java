package io.github.diffusion4j;

/**
 * A step that a run has made, for schedulers that look back.
 *
 * @param level the level where it started
 * @param sample the images there, as corrected if the scheduler corrected them
 * @param estimate what they were thought to be made of
 */
public record Past(NoiseLevel level, Tensor sample, Estimate estimate) {}
