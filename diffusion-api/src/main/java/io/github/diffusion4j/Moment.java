package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * A run before one of its network calls: what {@link Guidance} sees.
 *
 * <p>Immutable.
 */
public final class Moment {

  private final Tensor sample;
  private final NoiseLevel level;
  private final int index;
  private final OptionalInt steps;
  private final List<Tensor> carried;

  private Moment(
      Tensor sample, NoiseLevel level, int index, OptionalInt steps, List<Tensor> carried) {
    this.sample = Objects.requireNonNull(sample, "sample");
    this.level = Objects.requireNonNull(level, "level");
    this.index = index;
    this.steps = steps;
    this.carried = carried;
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
    return new Moment(
        sample, level, Checks.atLeast(0, index, "index"), OptionalInt.empty(), List.of());
  }

  /**
   * The same moment of a run whose length is known.
   *
   * @param steps the number of steps of the run, above the index
   * @return the changed moment
   * @throws IllegalArgumentException if the number is not above the index
   */
  public Moment inRunOf(int steps) {
    Checks.require(
        steps > index, () -> "steps of the run must be above " + index + ", got " + steps);
    return new Moment(sample, level, index, OptionalInt.of(steps), carried);
  }

  /**
   * The same moment with what a guidance handed to itself at the step before.
   *
   * @param tensors as many as the guidance declares by {@link Guidance#memory}, zeros at the first
   *     step
   * @return the changed moment
   */
  public Moment carrying(List<Tensor> tensors) {
    return new Moment(sample, level, index, steps, List.copyOf(tensors));
  }

  /**
   * The same moment with other images, such as those that a view shows.
   *
   * @param images of the same shape
   * @return the changed moment
   * @throws IllegalArgumentException if the shape differs
   */
  public Moment withSample(Tensor images) {
    sample.shape().checkEqual(images.shape());
    return new Moment(images, level, index, steps, carried);
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

  /**
   * Checks that there is enough for a guidance and its parts.
   *
   * @throws IllegalArgumentException if not
   */
  void checkCarries(int tensors) {
    Checks.require(
        carried.size() >= tensors,
        () ->
            "a guidance that remembers needs a moment that carries "
                + tensors
                + " tensors (what is made of guidances declares the sum of their memory), got "
                + carried.size());
  }

  /** The number of steps of the run, if known. */
  public OptionalInt steps() {
    return steps;
  }

  /** What the guidance handed to itself at the step before ({@link Guidance#memory}). */
  public List<Tensor> carried() {
    return carried;
  }
}
