package io.github.diffusion4j;

import java.util.List;
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

  private Step(
      Tensor sample,
      NoiseLevel level,
      NoiseLevel next,
      Estimate estimate,
      List<Past> history,
      Supplier<Tensor> noise) {
    this.sample = sample;
    this.level = level;
    this.next = next;
    this.estimate = estimate;
    this.history = history;
    this.noise = noise;
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
    return new Step(sample, level, next, estimate, List.copyOf(history), noise);
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

  /** Fresh standard normal noise of the images' shape. */
  public Tensor draw() {
    return noise.get();
  }
}
