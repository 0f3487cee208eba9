package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * All that a scheduler needs to make one step.
 *
 * <p>Immutable, but for the noise: every {@link #draw()} is another one, in the run's order.
 *
 * @param sample the images as they are now
 * @param level their noise level
 * @param next the level to go to
 * @param estimate what the images are thought to be made of
 * @param history the steps before, the last one first; as many as {@link Scheduler#memory()} asks
 *     for
 * @param noise gives fresh standard normal noise of the images' shape at every call
 * @param index the number of steps of the run before this one, at least 0
 * @param count the number of steps of the whole run, above the index; {@link Integer#MAX_VALUE} if
 *     it is not known
 */
public record Step(
    Tensor sample,
    NoiseLevel level,
    NoiseLevel next,
    Estimate estimate,
    List<Past> history,
    Supplier<Tensor> noise,
    int index,
    int count) {

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if a number is out of range
   */
  public Step {
    Objects.requireNonNull(sample, "sample");
    Objects.requireNonNull(level, "level");
    Objects.requireNonNull(next, "next");
    Objects.requireNonNull(estimate, "estimate");
    history = List.copyOf(history);
    Objects.requireNonNull(noise, "noise");
    Checks.atLeast(1, count, "number of steps");
    Checks.inRange(0, count - 1, index, "index of a step");
  }

  /**
   * A step of which only the past is known: it has as many before it as its history has, and no end
   * in sight.
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
    int index = history.size();
    return new Step(sample, level, next, estimate, history, noise, index, Integer.MAX_VALUE);
  }

  /**
   * The same step, as one of a run whose length is known: some schedulers end by other rules than
   * they go on, and those of several stages count them.
   *
   * @param index the number of steps of the run before this one, at least 0
   * @param count the number of steps of the whole run, above the index
   * @return the changed step
   * @throws IllegalArgumentException if a number is out of range
   */
  public Step at(int index, int count) {
    return new Step(sample, level, next, estimate, history, noise, index, count);
  }

  /** Fresh standard normal noise of the images' shape. */
  public Tensor draw() {
    return noise.get();
  }
}
