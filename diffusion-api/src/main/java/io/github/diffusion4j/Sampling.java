package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What to sample: a request to a {@link Sampler}.
 *
 * <p>A value: every method returns a changed copy. Without any, a request makes 50 {@linkplain
 * Spacing#trailing() trailing} steps of {@link Scheduler#ddim() DDIM}, asks the network without
 * conditioning, and takes its noise {@linkplain Noise#perImage per image} from seed 0.
 */
public final class Sampling {

  private final Shape shape;
  private final Optional<Tensor> image;
  private final int start;
  private final int steps;
  private final Spacing spacing;
  private final Scheduler scheduler;
  private final Guidance guidance;
  private final Noise noise;

  private Sampling(
      Shape shape,
      Optional<Tensor> image,
      int start,
      int steps,
      Spacing spacing,
      Scheduler scheduler,
      Guidance guidance,
      Noise noise) {
    Checks.require(
        shape.rank() == 4 && shape.elements() > 0,
        () -> "images must be [batch, channels, height, width] and not empty, got " + shape);
    this.shape = shape;
    this.image = image;
    this.start = start;
    this.steps = steps;
    this.spacing = spacing;
    this.scheduler = scheduler;
    this.guidance = guidance;
    this.noise = noise;
  }

  private static Sampling of(Shape shape, Optional<Tensor> image, int start) {
    return new Sampling(
        shape,
        image,
        start,
        50,
        Spacing.trailing(),
        Scheduler.ddim(),
        Guidance.of(Conditioning.none()),
        Noise.perImage(0));
  }

  /**
   * Images from nothing but noise.
   *
   * @param shape {@code [batch, channels, height, width]}, no axis empty
   * @return the request
   * @throws IllegalArgumentException if the shape has not four axes or an empty one
   */
  public static Sampling fromNoise(Shape shape) {
    return of(shape, Optional.empty(), 0);
  }

  /**
   * Given images, noised to a level of the timeline and denoised from there (SDEdit, Meng et al.
   * 2021).
   *
   * @param image {@code [batch, channels, height, width]}
   * @param start the index on the timeline, at least 0: 0 keeps next to nothing of the images, the
   *     number of steps keeps all
   * @return the request
   * @throws IllegalArgumentException if the image has not four axes, a value is not finite or the
   *     index is negative
   */
  public static Sampling edit(Tensor image, int start) {
    Checks.require(image.isFinite(), () -> "images must be finite, got NaN or infinity");
    return of(image.shape(), Optional.of(image), Checks.atLeast(0, start, "start index"));
  }

  /**
   * This with another number of steps on the whole timeline.
   *
   * @param steps in [1, 1,000,000]
   * @return the changed request
   * @throws IllegalArgumentException if the number is out of range
   */
  public Sampling steps(int steps) {
    Checks.inRange(1, 1_000_000, steps, "steps");
    return new Sampling(shape, image, start, steps, spacing, scheduler, guidance, noise);
  }

  /**
   * This with other places on the schedule.
   *
   * @param spacing which positions the steps visit
   * @return the changed request
   */
  public Sampling spacing(Spacing spacing) {
    return new Sampling(shape, image, start, steps, spacing, scheduler, guidance, noise);
  }

  /**
   * This with another method.
   *
   * @param scheduler how to move between levels
   * @return the changed request
   */
  public Sampling scheduler(Scheduler scheduler) {
    return new Sampling(shape, image, start, steps, spacing, scheduler, guidance, noise);
  }

  /**
   * This with other questions to the network.
   *
   * @param guidance what to ask at every step
   * @return the changed request
   */
  public Sampling guidance(Guidance guidance) {
    return new Sampling(shape, image, start, steps, spacing, scheduler, guidance, noise);
  }

  /**
   * This with other seeds: image i takes {@code seed + i} ({@link Noise#perImage}).
   *
   * @param seed the seed of the first image
   * @return the changed request
   */
  public Sampling seed(long seed) {
    return noise(Noise.perImage(seed));
  }

  /**
   * This with another source of noise.
   *
   * @param noise where the randomness comes from
   * @return the changed request
   */
  public Sampling noise(Noise noise) {
    return new Sampling(shape, image, start, steps, spacing, scheduler, guidance, noise);
  }

  /** The shape of the images. */
  public Shape shape() {
    return shape;
  }

  /** The images to start from; none to start from noise. */
  public Optional<Tensor> image() {
    return image;
  }

  /** The index on the timeline to start at. */
  public int start() {
    return start;
  }

  /** The number of steps on the whole timeline. */
  public int steps() {
    return steps;
  }

  /** Which positions the steps visit. */
  public Spacing spacing() {
    return spacing;
  }

  /** How to move between levels. */
  public Scheduler scheduler() {
    return scheduler;
  }

  /** What to ask at every step. */
  public Guidance guidance() {
    return guidance;
  }

  /** Where the randomness comes from. */
  public Noise noise() {
    return noise;
  }

  /**
   * The request in words, for the metadata of an image file.
   *
   * @return names and values in a fixed order
   */
  public Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("shape", shape.toString());
    settings.put("start", image.isPresent() ? "image, from index " + start : "noise");
    settings.put("steps", Integer.toString(steps));
    settings.put("spacing", spacing.toString());
    settings.put("scheduler", scheduler.toString());
    settings.put("guidance", guidance.toString());
    settings.put("noise", noise.toString());
    return settings;
  }

  @Override
  public String toString() {
    return "Sampling" + settings();
  }
}
