package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * All that a scheduler needs to make one step.
 *
 * <p>Immutable, but for the noise: every {@link #draw()} is another one, in the run's order.
 */
public final class Step {

  private final Tensor sample;
  private final NoiseLevel level;
  private final NoiseLevel next;
  private final Estimate estimate;
  private final List<Past> history;
  private final Supplier<Tensor> noise;
  private final int index;
  private final int count;

  private Step(
      Tensor sample,
      NoiseLevel level,
      NoiseLevel next,
      Estimate estimate,
      List<Past> history,
      Supplier<Tensor> noise,
      int index,
      int count) {
    this.sample = Objects.requireNonNull(sample, "sample");
    this.level = Objects.requireNonNull(level, "level");
    this.next = Objects.requireNonNull(next, "next");
    this.estimate = Objects.requireNonNull(estimate, "estimate");
    this.history = history;
    this.noise = Objects.requireNonNull(noise, "noise");
    this.index = index;
    this.count = count;
  }

  /**
   * A step.
   *
   * @param sample the images as they are now
   * @param level their noise level
   * @param next the level to go to
   * @param estimate what the images are thought to be made of
   * @param history the steps before, the last one first
   * @param noise gives fresh standard normal noise of the images' shape at every call
   * @return the step
   */
  public static Step of(
      Tensor sample,
      NoiseLevel level,
      NoiseLevel next,
      Estimate estimate,
      List<Past> history,
      Supplier<Tensor> noise) {
    List<Past> past = List.copyOf(history);
    return new Step(sample, level, next, estimate, past, noise, past.size(), Integer.MAX_VALUE);
  }

  /**
   * The same step, as one of a run whose length is known: some schedulers end by other rules than
   * they go on, and those of several stages count them. Without, a step has as many before it as
   * its history has, and no end in sight.
   *
   * @param index the number of steps of the run before this one, at least 0
   * @param count the number of steps of the whole run, above the index
   * @return the changed step
   * @throws IllegalArgumentException if a number is out of range
   */
  public Step at(int index, int count) {
    Checks.atLeast(0, index, "index");
    Checks.atLeast(index + 1, count, "number of steps");
    return new Step(sample, level, next, estimate, history, noise, index, count);
  }

  /** The images as they are now. */
  public Tensor sample() {
    return sample;
  }

  /** Their noise level. */
  public NoiseLevel level() {
    return level;
  }

  /** The level to go to. */
  public NoiseLevel next() {
    return next;
  }

  /** What the images are thought to be made of. */
  public Estimate estimate() {
    return estimate;
  }

  /** The steps before, the last one first; as many as {@link Scheduler#memory()} asks for. */
  public List<Past> history() {
    return history;
  }

  /**
   * A step before.
   *
   * @param back how many before the last one, at least 0
   * @throws IllegalArgumentException if the history does not go back as far
   */
  Past past(int back) {
    Checks.require(
        back < history.size(),
        () ->
            "step "
                + index
                + " of a run needs the "
                + (back + 1)
                + " before it in its history, got "
                + history.size());
    return history.get(back);
  }

  /** The number of steps of the run before this one. */
  public int index() {
    return index;
  }

  /** The number of steps of the whole run, {@link Integer#MAX_VALUE} if it is not known. */
  public int count() {
    return count;
  }

  /** Fresh standard normal noise of the images' shape. */
  public Tensor draw() {
    return noise.get();
  }
}
