package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What images are thought to be made of: the clean images and the noise, both kept, so that nobody
 * has to ask which of the two they hold.
 *
 * <p>As long as an estimate is split from a prediction or mixed with weights that sum to 1, {@code
 * level.mix(clean, noise)} is the image it was made from.
 *
 * <p>Immutable.
 */
public final class Estimate {

  private final Tensor clean;
  private final Tensor noise;
  private final Optional<Tensor> variance;
  private final Optional<PredictionType> type;
  private final List<Tensor> carried;

  private Estimate(
      Tensor clean,
      Tensor noise,
      Optional<Tensor> variance,
      Optional<PredictionType> type,
      List<Tensor> carried) {
    clean.shape().checkEqual(noise.shape());
    variance.ifPresent(v -> clean.shape().checkEqual(v.shape()));
    this.clean = clean;
    this.noise = noise;
    this.variance = variance;
    this.type = type;
    this.carried = carried;
  }

  /**
   * An estimate of two parts.
   *
   * @param clean the clean images
   * @param noise the noise, of the same shape
   * @return the estimate
   * @throws IllegalArgumentException if the shapes differ
   */
  public static Estimate of(Tensor clean, Tensor noise) {
    return new Estimate(clean, noise, Optional.empty(), Optional.empty(), List.of());
  }

  /**
   * The same estimate with a network's learned variance.
   *
   * @param variance the network's raw output v, of the same shape, where −1 means the smallest and
   *     1 the largest variance (Nichol and Dhariwal 2021, equation 15)
   * @return the changed estimate
   * @throws IllegalArgumentException if the shape differs
   */
  public Estimate withVariance(Tensor variance) {
    return new Estimate(clean, noise, Optional.of(variance), type, carried);
  }

  /**
   * The same estimate of a network that predicts in a type. {@link PredictionType#split} says it
   * already; this is for denoisers that make the parts themselves.
   *
   * @param type what the network predicts
   * @return the changed estimate
   */
  public Estimate withType(PredictionType type) {
    return new Estimate(clean, noise, variance, Optional.of(type), carried);
  }

  /**
   * The same estimate with what its guidance hands to itself at the next step ({@link
   * Guidance#memory}).
   *
   * @param tensors as many as the guidance declares
   * @return the changed estimate
   */
  public Estimate carrying(List<Tensor> tensors) {
    return new Estimate(clean, noise, variance, type, List.copyOf(tensors));
  }

  /**
   * The same estimate with other clean images, which then leaves the line {@code level.mix(clean,
   * noise) = x} on purpose, and is no prediction any more.
   *
   * @param clean the clean images, of the same shape
   * @return the changed estimate
   * @throws IllegalArgumentException if the shape differs
   */
  public Estimate withClean(Tensor clean) {
    return new Estimate(clean, noise, variance, Optional.empty(), carried);
  }

  /**
   * The weighted sum of estimates, part by part.
   *
   * @param weights a factor for each estimate; where they sum to 1, the sum belongs to the same
   *     images
   * @param estimates at least one, of equal shapes
   * @return the sum; its variance is the plain mean of the variances, if all have one, its type
   *     that of all
   * @throws IllegalArgumentException if numbers or shapes differ
   */
  public static Estimate weightedSum(double[] weights, List<Estimate> estimates) {
    Estimate sum =
        of(
            Tensors.weightedSum(weights, estimates.stream().map(Estimate::clean).toList()),
            Tensors.weightedSum(weights, estimates.stream().map(Estimate::noise).toList()));
    return joined(sum, estimates);
  }

  /** A linear mixture of estimates with what all have in common: mean variance and type. */
  static Estimate joined(Estimate mixture, List<Estimate> estimates) {
    return new Estimate(
        mixture.clean,
        mixture.noise,
        meanVariance(estimates),
        commonType(estimates),
        mixture.carried);
  }

  private static Optional<PredictionType> commonType(List<Estimate> estimates) {
    Optional<PredictionType> type = estimates.get(0).type;
    return estimates.stream().allMatch(estimate -> estimate.type.equals(type))
        ? type
        : Optional.empty();
  }

  /** The plain mean of the variances, if all have one. */
  static Optional<Tensor> meanVariance(List<Estimate> estimates) {
    List<Tensor> variances = estimates.stream().flatMap(e -> e.variance.stream()).toList();
    if (variances.size() < estimates.size()) {
      return Optional.empty();
    }
    double[] equal = new double[variances.size()];
    Arrays.fill(equal, 1.0 / equal.length);
    return Optional.of(Tensors.weightedSum(equal, variances));
  }

  /** The clean images. */
  public Tensor clean() {
    return clean;
  }

  /** The noise, of unit variance where the network is right. */
  public Tensor noise() {
    return noise;
  }

  /** The raw variance output of a learned-range network. */
  public Optional<Tensor> variance() {
    return variance;
  }

  /** What the network predicted, where the parts are still those of a prediction. */
  public Optional<PredictionType> type() {
    return type;
  }

  /** What its guidance hands to itself at the next step, at most one tensor for each part of it. */
  public List<Tensor> carried() {
    return carried;
  }

  /** The same with other noise, which then is no prediction any more. */
  Estimate withNoise(Tensor other) {
    return new Estimate(clean, other, variance, Optional.empty(), carried);
  }

  /** This with other parts that come of these by a linear map, such as a view. */
  Estimate mapped(Tensor newClean, Tensor newNoise, Optional<Tensor> newVariance) {
    return new Estimate(newClean, newNoise, newVariance, type, carried);
  }

  /**
   * The type, for what acts on predictions.
   *
   * @throws IllegalArgumentException if there is none
   */
  PredictionType typeFor(String purpose) {
    Checks.require(
        type.isPresent(),
        () ->
            purpose
                + " acts on a network's prediction, got an estimate without one: of clamped or"
                + " otherwise corrected images (correct the guided ones), or of a denoiser that"
                + " does not say its PredictionType");
    return type.orElseThrow();
  }

  @Override
  public String toString() {
    return "Estimate[clean=" + clean + ", noise=" + noise + "]";
  }
}
