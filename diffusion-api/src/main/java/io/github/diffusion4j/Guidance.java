package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.Arrays;
import java.util.List;

/**
 * What to ask a network at every step, and how to make one estimate of its answers.
 *
 * <p>Guidances are pure values that compose: a blend takes classifier-free guidances as well as
 * single questions. All questions of a step go to the network at once.
 */
@FunctionalInterface
public interface Guidance {

  /**
   * The questions of a step.
   *
   * @param now the run before the step
   * @return the questions and how to merge their answers
   */
  Plan plan(Moment now);

  /**
   * One question, its answer taken as it is.
   *
   * @param conditioning what the network is told
   * @return the guidance
   */
  static Guidance of(Conditioning conditioning) {
    return new Guidances.Single(conditioning);
  }

  /**
   * Classifier-free guidance, {@code u + γ·(c − u)} (Ho and Salimans 2022; the formulation of the
   * course and of diffusers).
   *
   * <p>γ = 0 gives u and γ = 1 gives c exactly, each by one question. The learned variance is the
   * conditional one's.
   *
   * @param scale γ, finite; above 1 to make more of the condition
   * @param conditional what the network is told for c
   * @param unconditional what it is told for u, or a negative condition
   * @return the guidance
   * @throws IllegalArgumentException if the scale is not finite
   */
  static Guidance classifierFree(
      double scale, Conditioning conditional, Conditioning unconditional) {
    return classifierFree(scale, of(conditional), of(unconditional));
  }

  /**
   * Classifier-free guidance of any two guidances.
   *
   * @param scale γ, finite
   * @param conditional gives c
   * @param unconditional gives u
   * @return the guidance
   * @throws IllegalArgumentException if the scale is not finite
   */
  static Guidance classifierFree(double scale, Guidance conditional, Guidance unconditional) {
    Checks.finite(scale, "guidance scale");
    if (scale == 0) {
      return unconditional;
    }
    return scale == 1
        ? conditional
        : new Guidances.ClassifierFree(scale, conditional, unconditional);
  }

  /**
   * The weighted sum of guidances.
   *
   * @param weights a factor for each, with sum 1, so that the sum belongs to the same images
   * @param parts at least one guidance
   * @return the guidance; its learned variance is the plain mean of the parts'
   * @throws IllegalArgumentException if the numbers differ or the weights do not add up to 1
   */
  static Guidance blend(double[] weights, Guidance... parts) {
    Checks.require(
        weights.length == parts.length && parts.length > 0,
        () ->
            "one weight for each guidance, got "
                + weights.length
                + " weights and "
                + parts.length
                + " guidances");
    double sum = Arrays.stream(weights).sum();
    Checks.require(Math.abs(sum - 1) <= 1e-9, () -> "weights must add up to 1, got " + sum);
    return new Guidances.Blend(Arrays.stream(weights).boxed().toList(), List.of(parts));
  }

  /**
   * The mean of guidances.
   *
   * @param parts at least one guidance
   * @return the guidance
   * @throws IllegalArgumentException if there is none
   */
  static Guidance mean(Guidance... parts) {
    double[] weights = new double[parts.length];
    Arrays.fill(weights, 1.0 / parts.length);
    return blend(weights, parts);
  }
}
