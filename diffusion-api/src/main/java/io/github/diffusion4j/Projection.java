package io.github.diffusion4j;

import java.util.Objects;
import java.util.function.Supplier;

/**
 * What is known of the result, put into the images after every step: parts of another image
 * (inpainting) or one of its components.
 *
 * <p>Projections are pure values; randomness is an argument.
 */
@FunctionalInterface
public interface Projection {

  /**
   * Puts what is known into the images that a step has made.
   *
   * @param made the images at the next level, as the scheduler made them
   * @param step the step: where it started and which level it went to
   * @param noise gives fresh standard normal noise of the images' shape at every call, beside the
   *     scheduler's
   * @return the images at the next level
   */
  Tensor after(Tensor made, Step step, Supplier<Tensor> noise);

  /**
   * Puts what is known into the images that a run starts with.
   *
   * @param start the images at the first level
   * @return the images to start with; as they are, if a projection does not say otherwise
   */
  default Tensor start(Tensor start) {
    return start;
  }

  /** Leaves the images as they are. */
  static Projection none() {
    return Projections.NONE;
  }

  /**
   * Inpainting as in the course (its equation A.5; RePaint, Lugmayr et al. 2022, equation 8): after
   * every step what lies outside of the mask is the original, noised anew to the level reached.
   *
   * <p>It draws once after every step. At a last level with noise (the course's timeline ends at
   * position 0) the outside is left with that noise: {@link Tensors#blend Tensors.blend(mask,
   * result, original)} pastes the original itself.
   *
   * @param original clean images {@code [1 or batch, channels, height, width]}
   * @param mask 1 where there shall be new content, 0 where the original shall stay, between to
   *     mix; {@code [1 or batch, 1 or channels, height, width]}
   * @return the projection
   * @throws IllegalArgumentException if the mask has values outside of [0, 1], or the shapes do not
   *     go together
   */
  static Projection inpaint(Tensor original, Tensor mask) {
    return new Projections.Renoised(original, mask);
  }

  /**
   * Inpainting as in diffusers' pipeline for DeepFloyd IF: the run starts with the original itself
   * outside of the mask, and after every step the outside is what it was before.
   *
   * @param original clean images {@code [1 or batch, channels, height, width]}
   * @param mask as in {@link #inpaint}
   * @return the projection, which draws nothing
   * @throws IllegalArgumentException as in {@link #inpaint}
   */
  static Projection keep(Tensor original, Tensor mask) {
    return new Projections.Kept(original, mask);
  }

  /**
   * One component of the result given by a reference (inverse problems by factorized diffusion,
   * Geng, Park and Owens 2024): after every step the component is that of the reference, noised
   * anew to the level reached.
   *
   * <p>It draws once after every step.
   *
   * @param component which component: linear
   * @param reference clean images {@code [1 or batch, channels, height, width]}
   * @return the projection
   */
  static Projection component(Filter component, Tensor reference) {
    return new Projections.Component(Objects.requireNonNull(component, "component"), reference);
  }
}
