package io.github.diffusion4j.pipeline;

import io.github.diffusion4j.DiffusionModel;
import io.github.diffusion4j.Noise;
import io.github.diffusion4j.NoiseSchedule;
import io.github.diffusion4j.Projection;
import io.github.diffusion4j.Query;
import io.github.diffusion4j.Sampling;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.image.PixelRange;
import io.github.diffusion4j.internal.Checks;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The techniques by name, over one model: each gives a {@link Request} to be changed and run.
 *
 * <p>A value: every method returns something new. Safe for several threads, as far as the denoiser
 * is. Images are tensors {@code [1 or batch, channels, height, width]} in the model's range.
 *
 * @param <P> what a prompt is, such as a text or a class
 */
public final class Pipeline<P> extends Illusions<P> {

  private final Setting<P> setting;

  private Pipeline(Setting<P> setting) {
    this.setting = setting;
  }

  /**
   * A pipeline that goes 50 {@linkplain io.github.diffusion4j.Spacing#trailing() trailing} steps of
   * DDIM with guidance 7.
   *
   * @param model the network, which the caller closes
   * @param prompts how it is told prompts
   * @param unconditional the prompt that says nothing
   * @param image the shape of one image, {@code [1, channels, height, width]}
   * @param range which values are black and white
   * @return the pipeline
   * @param <P> what a prompt is
   * @throws IllegalArgumentException if the shape is not that of one image
   */
  public static <P> Pipeline<P> of(
      DiffusionModel model, Prompts<P> prompts, P unconditional, Shape image, PixelRange range) {
    Sampling plain = Sampling.fromNoise(image);
    Loop loop = Loop.of(plain.spacing(), plain.scheduler());
    return new Pipeline<>(
        new Setting<>(
            model,
            model.schedule(),
            prompts,
            unconditional,
            image,
            range,
            Optional.empty(),
            loop,
            Guiding.plain(7)));
  }

  /**
   * This by another loop, if a request does not say otherwise.
   *
   * @param loop which way runs go
   * @return the changed pipeline
   */
  public Pipeline<P> loop(Loop loop) {
    return new Pipeline<>(setting.withLoop(loop));
  }

  /**
   * This with another scale of classifier-free guidance, if a request does not say otherwise.
   *
   * @param scale γ, finite; 1 for the condition alone
   * @return the changed pipeline
   * @throws IllegalArgumentException if the scale is not finite
   */
  public Pipeline<P> guidance(double scale) {
    return new Pipeline<>(setting.withGuiding(new Guiding(scale, setting.guiding().form())));
  }

  /**
   * This for images of another size, where the network takes any.
   *
   * @param height the number of rows
   * @param width the number of columns
   * @return the changed pipeline
   * @throws IllegalArgumentException if a length is below 1
   */
  public Pipeline<P> size(int height, int width) {
    Checks.atLeast(1, height, "height");
    Checks.atLeast(1, width, "width");
    Shape other = Shape.images(1, image().size(1), height, width);
    return new Pipeline<>(setting.withImage(other));
  }

  /**
   * This with small images to enlarge, for networks that are told them: stage II of a cascade.
   * Filters of hybrids are then {@linkplain io.github.diffusion4j.Filter#enlarged enlarged} as the
   * images are.
   *
   * @param enlarging the small images and the noise that they get
   * @return the changed pipeline
   */
  public Pipeline<P> enlarging(Enlarging enlarging) {
    return new Pipeline<>(setting.withEnlarging(enlarging));
  }

  /** The noise schedule. */
  public NoiseSchedule schedule() {
    return setting.schedule();
  }

  /** The shape of one image. */
  public Shape image() {
    return setting.image();
  }

  /** Which values are black and white. */
  public PixelRange range() {
    return setting.range();
  }

  @Override
  Request<P> request(String technique, Map<String, String> settings, Technique.Maker<P> maker) {
    return new Request<>(setting, new Technique<>(technique, settings, false, maker));
  }

  /**
   * Images of a prompt, from nothing but noise.
   *
   * @param prompt what to show
   * @return the request
   */
  public Request<P> generate(P prompt) {
    return generate(List.of(prompt));
  }

  /**
   * Images of several prompts in one batch, from nothing but noise.
   *
   * @param each one prompt for each image, or one for all
   * @return the request, for as many images as there are prompts
   * @throws IllegalArgumentException if there is no prompt
   */
  public Request<P> generate(List<P> each) {
    List<P> shown = List.copyOf(each);
    Checks.require(!shown.isEmpty(), () -> "at least one prompt is needed, got none");
    return request(
            "generate",
            Technique.told(shown),
            asked -> Sampling.fromNoise(asked.shape()).guidance(asked.guidance(shown)))
        .atLeast(shown.size());
  }

  /**
   * The forward process: an image with the noise of a position.
   *
   * @param image clean images
   * @param position a position of the schedule
   * @param noise where the noise comes from, its first draw
   * @return {@code a·image + s·ε}
   * @throws IllegalArgumentException if the schedule has no such position
   */
  public Tensor noised(Tensor image, double position, Noise noise) {
    return schedule().at(position).mix(image, noise.stream(image.shape()).next());
  }

  /**
   * One-step denoising: what the network takes for the clean image, told a prompt, without
   * guidance.
   *
   * @param noisy images with the noise of the position
   * @param position a position of the schedule
   * @param prompt what is shown
   * @return the clean images
   * @throws IllegalArgumentException if the schedule has no such position
   * @throws IllegalStateException if this enlarges small images
   */
  public Tensor denoiseOnce(Tensor noisy, double position, P prompt) {
    if (setting.enlarging().isPresent()) {
      throw new IllegalStateException("one-step denoising is for pipelines that enlarge nothing");
    }
    Query query = new Query(noisy, schedule().at(position), setting.prompts().of(prompt));
    return setting.denoiser().estimate(query).clean();
  }

  /**
   * Iterative denoising of images that have noise already.
   *
   * <p>The noise of the request is used from its second draw on: the first is that of {@link
   * #noised}. So the two together, from one source, are {@link #edit}.
   *
   * @param noisy images with the noise of the level at {@code start}
   * @param start the index on the timeline, at least 0
   * @param prompt what is shown
   * @return the request, for as many images
   * @throws IllegalArgumentException if the index is negative
   */
  public Request<P> denoise(Tensor noisy, int start, P prompt) {
    Technique<P> technique =
        new Technique<>(
            "denoise",
            Technique.told(List.of(prompt), "start", start),
            true,
            asked ->
                Sampling.fromNoisy(asked.forEach(noisy), start).guidance(asked.guidance(prompt)));
    return new Request<>(setting, technique).atLeast(noisy.shape().batch());
  }

  /**
   * Images like a given one: noised to a level of the timeline and denoised from there (SDEdit,
   * Meng et al. 2021); with another prompt text-conditional image-to-image.
   *
   * @param original clean images
   * @param start the index on the timeline, at least 0: the greater, the more is kept
   * @param prompt what to show
   * @return the request
   * @throws IllegalArgumentException if the index is negative
   */
  public Request<P> edit(Tensor original, int start, P prompt) {
    return request(
            "edit",
            Technique.told(List.of(prompt), "start", start),
            asked -> Sampling.edit(asked.forEach(original), start).guidance(asked.guidance(prompt)))
        .atLeast(original.shape().batch());
  }

  /**
   * New content inside of a mask, from nothing but noise, around which the original is noised anew
   * at every step: {@link Projection#inpaint}, as in the course.
   *
   * @param original clean images
   * @param mask 1 where there shall be new content
   * @param prompt what to show
   * @return the request
   * @throws IllegalArgumentException if the mask does not fit or has values outside of [0, 1]
   */
  public Request<P> inpaint(Tensor original, Tensor mask, P prompt) {
    Projection projection = Projection.inpaint(original, mask);
    return request(
            "inpaint",
            Technique.told(List.of(prompt)),
            asked ->
                Sampling.fromNoise(asked.shape())
                    .guidance(asked.guidance(prompt))
                    .projection(projection))
        .atLeast(original.shape().batch());
  }

  /**
   * New content inside of a mask, from the noised original, around which the original stays as it
   * is: {@link Projection#keep}, as in diffusers' pipeline for DeepFloyd IF.
   *
   * @param original clean images
   * @param mask 1 where there shall be new content
   * @param start the index on the timeline, at least 0; 0 is diffusers' strength 1
   * @param prompt what to show
   * @return the request
   * @throws IllegalArgumentException if the mask does not fit or has values outside of [0, 1], or
   *     the index is negative
   */
  public Request<P> inpaintFrom(Tensor original, Tensor mask, int start, P prompt) {
    Projection projection = Projection.keep(original, mask);
    return request(
            "inpaintFrom",
            Technique.told(List.of(prompt), "start", start),
            asked ->
                Sampling.edit(asked.forEach(original), start)
                    .guidance(asked.guidance(prompt))
                    .projection(projection))
        .atLeast(original.shape().batch());
  }
}
