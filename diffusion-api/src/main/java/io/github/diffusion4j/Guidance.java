package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

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
   * How many tensors of the images' shape this guidance hands to itself from step to step: it finds
   * them in {@link Moment#carried}, zeros at the first step, and returns as many by {@link
   * Estimate#carrying}. A guidance made of others declares the sum of theirs and plans by {@link
   * Plan#join(Moment, List, java.util.function.Function)}.
   *
   * @return at least 0, the same at every step
   */
  default int memory() {
    return 0;
  }

  /**
   * One question, its answer taken as it is.
   *
   * @param conditioning what the network is told
   * @return the guidance
   */
  static Guidance of(Conditioning conditioning) {
    return new Guidances.Single(Objects.requireNonNull(conditioning, "conditioning"));
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
   * @return the guidance, whose methods change it to rescaled, projected and other forms
   * @throws IllegalArgumentException if the scale is not finite
   */
  static ClassifierFree classifierFree(
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
  static ClassifierFree classifierFree(double scale, Guidance conditional, Guidance unconditional) {
    return new ClassifierFree(GuidanceRule.of(scale), conditional, unconditional);
  }

  /**
   * Several weighted prompts, towards some and away from others.
   *
   * @param unconditional what the network is told without a prompt
   * @return the composition, without prompts yet
   */
  static Composition compose(Conditioning unconditional) {
    return compose(of(unconditional));
  }

  /**
   * Several weighted guidances, towards some and away from others.
   *
   * @param unconditional gives u
   * @return the composition, without others yet
   */
  static Composition compose(Guidance unconditional) {
    return Composition.of(unconditional);
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

  /**
   * A hybrid image of two guidances: the first gives the component that a filter keeps, the second
   * the rest (factorized diffusion, Geng, Park and Owens 2024; the course's hybrid images).
   *
   * @param component linear, such as {@link Filter#gaussianBlur} for what is seen from far away
   * @param inside gives the component
   * @param outside gives the rest
   * @return the guidance; its learned variance is the plain mean of both
   */
  static Guidance hybrid(Filter component, Guidance inside, Guidance outside) {
    return hybrid(List.of(component), inside, outside);
  }

  /**
   * A hybrid image of several guidances: each gives the component that its filter keeps, and the
   * last the rest, so that the components add up to an image whatever the filters.
   *
   * @param components linear filters
   * @param parts one guidance for each filter, and one for the rest
   * @return the guidance; its learned variance is the plain mean of the parts'
   * @throws IllegalArgumentException if there is not exactly one guidance more than filters, or no
   *     filter
   */
  static Guidance hybrid(List<Filter> components, Guidance... parts) {
    Checks.require(
        !components.isEmpty() && parts.length == components.size() + 1,
        () ->
            "a hybrid has one guidance more than filters, got "
                + components.size()
                + " filters and "
                + parts.length
                + " guidances");
    return new Guidances.Hybrid(List.copyOf(components), List.of(parts));
  }

  /**
   * This guidance of what a view shows: the network sees the images, and the spatial tensors of the
   * conditioning, through it, and its answer is turned back. {@code mean(a, b.through(flip()))} is
   * a visual anagram (Geng, Park and Owens 2024).
   *
   * @param view the view
   * @return the guidance of the images themselves
   */
  default Guidance through(View view) {
    return new Guidances.Seen(this, Objects.requireNonNull(view, "view"));
  }

  /**
   * This guidance in an interval of the run, another one elsewhere. Each remembers what it had when
   * it was asked last.
   *
   * @param interval where this one is asked
   * @param elsewhere what is asked in the rest
   * @return the guidance
   */
  default Guidance during(Interval interval, Guidance elsewhere) {
    return new Guidances.During(
        this,
        Objects.requireNonNull(interval, "interval"),
        Objects.requireNonNull(elsewhere, "elsewhere"));
  }

  /**
   * This guidance with clean images clamped. The noise stays as the network said, as in diffusers;
   * so the estimate leaves the line {@code level.mix(clean, noise) = x}.
   *
   * @param low the least value
   * @param high the greatest value, above the least
   * @return the guidance
   * @throws IllegalArgumentException if the values are not finite and in order
   */
  default Guidance clamped(double low, double high) {
    Checks.require(
        Double.isFinite(low) && Double.isFinite(high) && low < high,
        () -> "clamping needs a finite range, got [" + low + ", " + high + "]");
    return new Guidances.Corrected(
        this, clean -> clean.clamp(low, high), "clamped(" + low + ", " + high + ")");
  }

  /**
   * This guidance with clean images by dynamic thresholding (Saharia et al. 2022, section 2.3):
   * with s the quantile of an image's absolute values, at least 1 and at most {@code most}, its
   * values are clamped to [−s, s] and divided by s. With {@code most = 1} that is clamping to [−1,
   * 1]. The noise stays as the network said, as in diffusers.
   *
   * @param ratio which quantile, in (0, 1], interpolated linearly; 0.995 in the paper, 0.95 in
   *     DeepFloyd IF
   * @param most the greatest s, at least 1; DeepFloyd IF has 1.5 in stage I, 1 in stage II
   * @return the guidance
   * @throws IllegalArgumentException if a value is out of range
   */
  default Guidance thresholded(double ratio, double most) {
    Checks.require(ratio > 0 && ratio <= 1, () -> "ratio must be in (0, 1], got " + ratio);
    Checks.require(
        most >= 1 && Double.isFinite(most),
        () -> "greatest threshold must be at least 1 and finite, got " + most);
    return new Guidances.Corrected(
        this,
        clean -> Threshold.apply(clean, ratio, most),
        "thresholded(" + ratio + ", " + most + ")");
  }
}
