package io.github.diffusion4j.pipeline;

import io.github.diffusion4j.Cancellation;
import io.github.diffusion4j.ClassifierFree;
import io.github.diffusion4j.Conditioning;
import io.github.diffusion4j.Frame;
import io.github.diffusion4j.Guidance;
import io.github.diffusion4j.Noise;
import io.github.diffusion4j.Sampler;
import io.github.diffusion4j.Sampling;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.image.Images;
import io.github.diffusion4j.internal.Checks;
import java.awt.image.BufferedImage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A request to a {@link Pipeline}: changed by its methods, run by {@link #image}, {@link #images},
 * {@link #tensor} or {@link #frames}.
 *
 * <p>A value: every method returns a changed copy.
 *
 * @param <P> what a prompt is
 */
public final class Request<P> {

  private final Setting<P> setting;
  private final Technique<P> technique;
  private P negative;
  private int count;
  private OptionalInt steps = OptionalInt.empty();
  private Noise noise = Noise.perImage(0);
  private Cancellation cancellation = Cancellation.none();
  private Consumer<Frame> onFrame = frame -> {};

  Request(Setting<P> setting, Technique<P> technique) {
    this.setting = setting;
    this.technique = technique;
    this.negative = setting.unconditional();
    this.count = setting.enlarging().map(given -> given.small().shape().batch()).orElse(1);
  }

  private Request<P> copy() {
    return copy(setting);
  }

  private Request<P> copy(Setting<P> changed) {
    Request<P> copy = new Request<>(changed, technique);
    copy.negative = negative;
    copy.count = count;
    copy.steps = steps;
    copy.noise = noise;
    copy.cancellation = cancellation;
    copy.onFrame = onFrame;
    return copy;
  }

  /**
   * This with another number of steps on the whole timeline.
   *
   * @param steps in [1, 1,000,000]
   * @return the changed request
   * @throws IllegalArgumentException if the number is out of range
   */
  public Request<P> steps(int steps) {
    Request<P> copy = copy();
    copy.steps = OptionalInt.of(Checks.inRange(1, 1_000_000, steps, "steps"));
    return copy;
  }

  /**
   * This by another loop.
   *
   * @param loop which way the run goes
   * @return the changed request
   */
  public Request<P> loop(Loop loop) {
    return copy(setting.withLoop(loop));
  }

  /**
   * This with another scale of classifier-free guidance.
   *
   * @param scale γ, finite; 1 for the prompt alone, without a second question
   * @return the changed request
   * @throws IllegalArgumentException if the scale is not finite
   */
  public Request<P> guidance(double scale) {
    return copy(setting.withGuiding(new Guiding(scale, setting.guiding().form())));
  }

  /**
   * This with another form of guidance, such as {@code plain -> plain.rescaled(0.7)}.
   *
   * @param form makes it of the plain one for a prompt; a pure function
   * @return the changed request
   */
  public Request<P> guidance(Function<ClassifierFree, ? extends Guidance> form) {
    return copy(setting.withGuiding(new Guiding(setting.guiding().scale(), Optional.of(form))));
  }

  /**
   * This with something not to show, in place of the prompt that says nothing.
   *
   * @param negative the prompt to lead away from
   * @return the changed request
   */
  public Request<P> negative(P negative) {
    Request<P> copy = copy();
    copy.negative = Objects.requireNonNull(negative, "negative");
    return copy;
  }

  /**
   * This with other seeds: image i takes {@code seed + i} ({@link Noise#perImage}).
   *
   * @param seed the seed of the first image
   * @return the changed request
   */
  public Request<P> seed(long seed) {
    return noise(Noise.perImage(seed));
  }

  /**
   * This with another source of noise.
   *
   * @param noise where the randomness comes from
   * @return the changed request
   */
  public Request<P> noise(Noise noise) {
    Request<P> copy = copy();
    copy.noise = Objects.requireNonNull(noise, "noise");
    return copy;
  }

  /**
   * This for another number of images, made as one batch.
   *
   * @param count at least 1
   * @return the changed request
   * @throws IllegalArgumentException if the number is below 1
   */
  public Request<P> count(int count) {
    Request<P> copy = copy();
    copy.count = Checks.atLeast(1, count, "number of images");
    return copy;
  }

  /** This for as many images as are given, or more. */
  Request<P> atLeast(int images) {
    return images > count ? count(images) : this;
  }

  /**
   * This with a way to stop it from another thread.
   *
   * @param cancellation by which its runs are stopped
   * @return the changed request
   */
  public Request<P> cancellation(Cancellation cancellation) {
    Request<P> copy = copy();
    copy.cancellation = Objects.requireNonNull(cancellation, "cancellation");
    return copy;
  }

  /**
   * This with something to be done after every step, such as showing progress. It is done by {@link
   * #image}, {@link #images} and {@link #tensor}; {@link #frames} is a loop of the caller's own.
   *
   * @param onFrame gets the run after each of its steps
   * @return the changed request
   */
  public Request<P> onFrame(Consumer<Frame> onFrame) {
    Request<P> copy = copy();
    copy.onFrame = Objects.requireNonNull(onFrame, "onFrame");
    return copy;
  }

  /**
   * The request to the sampler below.
   *
   * @return the request, with all that was said here
   * @throws IllegalArgumentException if there is no such prompt, or the parts do not go together
   */
  public Sampling sampling() {
    Shape shape = setting.image().withBatch(count);
    Optional<Enlarging> enlarging = setting.enlarging();
    Conditioning besides =
        enlarging.map(given -> given.told(shape, noise)).orElse(Conditioning.none());
    Asked<P> asked =
        new Asked<>(
            setting.prompts(),
            setting.guiding(),
            negative,
            shape,
            enlarging.map(small -> small.factor(shape)).orElse(1),
            besides);
    Sampling request =
        setting.loop().on(technique.maker().make(asked)).noise(draws()).cancellation(cancellation);
    return steps.isPresent() ? request.steps(steps.getAsInt()) : request;
  }

  /** The noise of the run itself: what small images or noisy ones took is left out. */
  private Noise draws() {
    Noise own = setting.enlarging().isPresent() ? new Draws(noise, 1) : noise;
    return technique.takesFirst() ? new Draws(own, 0) : own;
  }

  /**
   * Runs step by step: each frame is computed when it is asked for. What {@link #onFrame} was given
   * is not called.
   *
   * @return one frame for each step
   */
  public Iterable<Frame> frames() {
    return sampler().frames(sampling());
  }

  private Sampler sampler() {
    return Sampler.of(setting.denoiser(), setting.schedule());
  }

  /**
   * Runs to the end.
   *
   * @return {@code [number of images, channels, height, width]}
   * @throws IllegalArgumentException if the request does not fit the schedule or the network
   * @throws io.github.diffusion4j.DiffusionException if the network fails
   * @throws io.github.diffusion4j.CancelledException if it was stopped
   */
  public Tensor tensor() {
    Sampling request = sampling();
    Tensor last = request.image().orElseGet(() -> Tensor.zeros(request.shape()));
    for (Frame frame : sampler().frames(request)) {
      onFrame.accept(frame);
      last = frame.sample();
    }
    return last;
  }

  /**
   * Runs to the end and shows the first image.
   *
   * @return the image
   * @throws IllegalArgumentException as {@link #tensor}
   */
  public BufferedImage image() {
    return Images.toImages(tensor(), setting.range()).get(0);
  }

  /**
   * Runs {@code count(count)} to the end; {@link #settings} of this request say its own number.
   *
   * @param count at least 1
   * @return the images
   * @throws IllegalArgumentException as {@link #tensor}
   */
  public List<BufferedImage> images(int count) {
    return Images.toImages(count(count).tensor(), setting.range());
  }

  /**
   * The request in words, for the metadata of an image file: together with the model and the
   * pictures that it was made with, which it does not name, all that is needed to make it again.
   *
   * @return names and values in a fixed order
   */
  public Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("technique", technique.name());
    settings.putAll(technique.settings());
    settings.put("negative", String.valueOf(negative));
    settings.put("guidance", setting.guiding().toString());
    settings.put("loop", setting.loop().toString());
    settings.put("steps", steps.isPresent() ? Integer.toString(steps.getAsInt()) : "of the loop");
    settings.put("noise", noise.toString());
    setting
        .enlarging()
        .ifPresent(
            small ->
                settings.put(
                    "enlarged from", small.small().shape() + " at level " + small.position()));
    settings.put("images", Integer.toString(count));
    settings.put("shape", setting.image().toString());
    return settings;
  }

  @Override
  public String toString() {
    return "Request" + settings();
  }
}
