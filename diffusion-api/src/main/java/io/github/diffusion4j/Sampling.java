package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What to sample: a request to a {@link Sampler}.
 *
 * <p>A value: every method returns a changed copy. Without any, a request makes 50 {@linkplain
 * Spacing#trailing() trailing} steps (or as many as a discrete schedule has, if fewer) of {@link
 * Scheduler#ddim() DDIM}, asks the network without conditioning, and takes its noise {@linkplain
 * Noise#perImage per image} from seed 0.
 */
public final class Sampling {

  private final Shape shape;
  private Optional<Tensor> image = Optional.empty();
  private boolean isNoisy;
  private int start;
  private OptionalInt steps = OptionalInt.empty();
  private Spacing spacing = Spacing.trailing();
  private Scheduler scheduler = Scheduler.ddim();
  private Guidance guidance = Guidance.of(Conditioning.none());
  private Projection projection = Projection.none();
  private Noise noise = Noise.perImage(0);
  private Optional<PredictionType> prediction = Optional.empty();
  private Cancellation cancellation = Cancellation.none();

  private Sampling(Shape shape) {
    Objects.requireNonNull(shape, "shape");
    Checks.require(
        shape.rank() == 4 && shape.elements() > 0,
        () -> "images must be [batch, channels, height, width] and not empty, got " + shape);
    this.shape = shape;
  }

  private Sampling(Sampling other) {
    shape = other.shape;
    image = other.image;
    isNoisy = other.isNoisy;
    start = other.start;
    steps = other.steps;
    spacing = other.spacing;
    scheduler = other.scheduler;
    guidance = other.guidance;
    projection = other.projection;
    noise = other.noise;
    prediction = other.prediction;
    cancellation = other.cancellation;
  }

  /**
   * Images from nothing but noise.
   *
   * @param shape {@code [batch, channels, height, width]}, no axis empty
   * @return the request
   * @throws IllegalArgumentException if the shape has not four axes or an empty one
   */
  public static Sampling fromNoise(Shape shape) {
    return new Sampling(shape);
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
    Objects.requireNonNull(image, "image");
    Checks.require(image.isFinite(), () -> "images must be finite, got NaN or infinity");
    Sampling request = new Sampling(image.shape());
    request.image = Optional.of(image);
    request.start = Checks.atLeast(0, start, "start index");
    return request;
  }

  /**
   * Images that have the noise of a level of the timeline already, denoised from there.
   *
   * @param noisy {@code [batch, channels, height, width]}
   * @param start the index of their level on the timeline, at least 0
   * @return the request, which draws no noise to start with
   * @throws IllegalArgumentException if the image has not four axes, a value is not finite or the
   *     index is negative
   */
  public static Sampling fromNoisy(Tensor noisy, int start) {
    Sampling request = edit(noisy, start);
    request.isNoisy = true;
    return request;
  }

  /**
   * This with another number of steps on the whole timeline.
   *
   * @param steps in [1, 1,000,000]
   * @return the changed request
   * @throws IllegalArgumentException if the number is out of range
   */
  public Sampling steps(int steps) {
    Sampling copy = new Sampling(this);
    copy.steps = OptionalInt.of(Checks.inRange(1, 1_000_000, steps, "steps"));
    return copy;
  }

  /**
   * This with other places on the schedule.
   *
   * @param spacing which positions the steps visit
   * @return the changed request
   */
  public Sampling spacing(Spacing spacing) {
    Sampling copy = new Sampling(this);
    copy.spacing = Objects.requireNonNull(spacing, "spacing");
    return copy;
  }

  /**
   * This with another method.
   *
   * @param scheduler how to move between levels
   * @return the changed request
   */
  public Sampling scheduler(Scheduler scheduler) {
    Sampling copy = new Sampling(this);
    copy.scheduler = Objects.requireNonNull(scheduler, "scheduler");
    return copy;
  }

  /**
   * This with other questions to the network.
   *
   * @param guidance what to ask at every step
   * @return the changed request
   */
  public Sampling guidance(Guidance guidance) {
    Sampling copy = new Sampling(this);
    copy.guidance = Objects.requireNonNull(guidance, "guidance");
    return copy;
  }

  /**
   * This with something that is known of the result.
   *
   * @param projection what to put into the images after every step
   * @return the changed request
   */
  public Sampling projection(Projection projection) {
    Sampling copy = new Sampling(this);
    copy.projection = Objects.requireNonNull(projection, "projection");
    return copy;
  }

  /**
   * This with a way to stop it, from any thread and at any time.
   *
   * @param cancellation by which its runs are stopped
   * @return the changed request
   */
  public Sampling cancellation(Cancellation cancellation) {
    Sampling copy = new Sampling(this);
    copy.cancellation = Objects.requireNonNull(cancellation, "cancellation");
    return copy;
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
    Sampling copy = new Sampling(this);
    copy.noise = Objects.requireNonNull(noise, "noise");
    return copy;
  }

  /**
   * This for networks of one prediction type alone: a sampler refuses it if its model predicts
   * something else. The sign does not count, {@link PredictionType#FLOW} is {@link
   * PredictionType#FLOW_TO_DATA}. A {@link Denoiser} of one's own does not tell and is not asked.
   *
   * @param prediction what the network must predict
   * @return the changed request
   */
  public Sampling predicting(PredictionType prediction) {
    Sampling copy = new Sampling(this);
    copy.prediction = Optional.of(Objects.requireNonNull(prediction, "prediction"));
    return copy;
  }

  /** What the network must predict; none if it may be anything. */
  public Optional<PredictionType> prediction() {
    return prediction;
  }

  /** The shape of the images. */
  public Shape shape() {
    return shape;
  }

  /** The images to start from; none to start from noise. */
  public Optional<Tensor> image() {
    return image;
  }

  /** Whether those images have the noise of the first level already. */
  public boolean isNoisy() {
    return isNoisy;
  }

  /** The index on the timeline to start at. */
  public int start() {
    return start;
  }

  /** The number of steps on the whole timeline; none for the spacing's own. */
  public OptionalInt steps() {
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

  /** What is known of the result. */
  public Projection projection() {
    return projection;
  }

  /** By what it can be stopped. */
  public Cancellation cancellation() {
    return cancellation;
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
    settings.put(
        "start",
        image.isPresent()
            ? (isNoisy ? "noisy image" : "image") + ", from index " + start
            : "noise");
    settings.put(
        "steps", steps.isPresent() ? Integer.toString(steps.getAsInt()) : "of the spacing");
    settings.put("spacing", spacing.toString());
    settings.put("scheduler", scheduler.toString());
    settings.put("guidance", guidance.toString());
    settings.put("projection", projection.toString());
    settings.put("noise", noise.toString());
    prediction.ifPresent(type -> settings.put("prediction", type.toString()));
    return settings;
  }

  @Override
  public String toString() {
    return "Sampling" + settings();
  }
}
