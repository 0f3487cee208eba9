package io.github.diffusion4j;

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

  private Estimate(Tensor clean, Tensor noise, Optional<Tensor> variance) {
    clean.shape().checkEqual(noise.shape());
    variance.ifPresent(v -> clean.shape().checkEqual(v.shape()));
    this.clean = clean;
    this.noise = noise;
    this.variance = variance;
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
    return new Estimate(clean, noise, Optional.empty());
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
    return new Estimate(clean, noise, Optional.of(variance));
  }

  /**
   * The same estimate with other clean images, which then leaves the line {@code level.mix(clean,
   * noise) = x} on purpose.
   *
   * @param clean the clean images, of the same shape
   * @return the changed estimate
   * @throws IllegalArgumentException if the shape differs
   */
  public Estimate withClean(Tensor clean) {
    return new Estimate(clean, noise, variance);
  }

  /**
   * The weighted sum of estimates, part by part.
   *
   * @param weights a factor for each estimate; where they sum to 1, the sum belongs to the same
   *     images
   * @param estimates at least one, of equal shapes
   * @return the sum; its variance is the plain mean of the variances, if all have one
   * @throws IllegalArgumentException if numbers or shapes differ
   */
  public static Estimate weightedSum(double[] weights, List<Estimate> estimates) {
    Estimate sum =
        of(
            Tensors.weightedSum(weights, estimates.stream().map(Estimate::clean).toList()),
            Tensors.weightedSum(weights, estimates.stream().map(Estimate::noise).toList()));
    return meanVariance(estimates).map(sum::withVariance).orElse(sum);
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

  @Override
  public String toString() {
    return "Estimate[clean=" + clean + ", noise=" + noise + "]";
  }
}
