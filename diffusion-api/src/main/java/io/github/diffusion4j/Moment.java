package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;

/**
 * A run before one of its network calls: what {@link Guidance} sees.
 *
 * <p>Immutable.
 */
public final class Moment {

  private final Tensor sample;
  private final NoiseLevel level;
  private final int index;

  private Moment(Tensor sample, NoiseLevel level, int index) {
    this.sample = sample;
    this.level = level;
    this.index = index;
  }

  /**
   * A moment.
   *
   * @param sample the images as they are now {@code [batch, channels, height, width]}
   * @param level their noise level
   * @param index the number of steps before, at least 0
   * @return the moment
   * @throws IllegalArgumentException if the index is negative
   */
  public static Moment of(Tensor sample, NoiseLevel level, int index) {
    return new Moment(sample, level, Checks.atLeast(0, index, "index"));
  }

  /** The images as they are now. */
  public Tensor sample() {
    return sample;
  }

  /** Their noise level. */
  public NoiseLevel level() {
    return level;
  }

  /** The number of steps before this one. */
  public int index() {
    return index;
  }
}
