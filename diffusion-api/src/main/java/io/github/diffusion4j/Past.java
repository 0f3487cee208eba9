package io.github.diffusion4j;

import java.util.List;
import java.util.Objects;

/**
 * A step that a run has made, for schedulers that look back.
 *
 * @param level the level where it started
 * @param sample the images there, as corrected if the scheduler corrected them
 * @param estimate what they were thought to be made of
 * @param draws the noise that the scheduler drew in that step
 */
public record Past(NoiseLevel level, Tensor sample, Estimate estimate, List<Tensor> draws) {

  /** Copies the list. */
  public Past {
    Objects.requireNonNull(level, "level");
    Objects.requireNonNull(sample, "sample");
    Objects.requireNonNull(estimate, "estimate");
    draws = List.copyOf(draws);
  }
}
