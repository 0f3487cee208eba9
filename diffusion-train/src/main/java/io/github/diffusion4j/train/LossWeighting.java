package io.github.diffusion4j.train;

import io.github.diffusion4j.NoiseLevel;
import io.github.diffusion4j.PredictionType;
import io.github.diffusion4j.internal.Checks;

/**
 * How much each noise level counts in the loss.
 *
 * <p>Immutable.
 */
public final class LossWeighting {

  private static final LossWeighting UNIFORM = new LossWeighting(0);

  /** Keeps both ends of a path finite, where one of the factors is 0. */
  private static final double LEAST = 1e-9;

  private final double gamma;

  private LossWeighting(double gamma) {
    this.gamma = gamma;
  }

  /**
   * Every level counts the same: the mean squared error of the prediction.
   *
   * @return the weighting
   */
  public static LossWeighting uniform() {
    return UNIFORM;
  }

  /**
   * Min-SNR-γ (Hang et al. 2023, section 3.4): the squared error of the <em>clean image</em> counts
   * {@code min(SNR, γ)} times, with {@code SNR = a²/s²}.
   *
   * <p>What the network predicts is a sum {@code c₀·clean + c₁·ε}, and at a known x an error of the
   * prediction is {@code det/s} times one of the clean image, {@code det = a·c₁ − s·c₀}. So the
   * squared error of the prediction counts {@code min(SNR, γ)·s²/det²} times: {@code min(SNR,
   * γ)/SNR} for ε, {@code min(SNR, γ)} for the clean image, {@code min(SNR, γ)/(SNR + 1)} for the
   * velocity, as in the paper.
   *
   * @param gamma γ, above 0 and finite; the paper's is 5
   * @return the weighting
   * @throws IllegalArgumentException if γ is out of range
   */
  public static LossWeighting minSnr(double gamma) {
    return new LossWeighting(Checks.positive(gamma, "γ"));
  }

  static LossWeighting named(String name) {
    if (name.equals("uniform")) {
      return UNIFORM;
    }
    Named found = Named.of(name);
    Checks.require(
        found.is("minSnr", 1), () -> "weighting must be uniform or minSnr(γ), got " + name);
    return minSnr(found.number(0));
  }

  /** Whether every level counts the same. */
  boolean isUniform() {
    return gamma == 0;
  }

  /**
   * The factor of an image's squared error.
   *
   * @param level its noise level
   * @param prediction what the network predicts
   * @return the factor
   */
  double weight(NoiseLevel level, PredictionType prediction) {
    if (isUniform()) {
      return 1;
    }
    double a = Math.max(level.signal(), LEAST);
    double s = Math.max(level.noise(), LEAST);
    double det = a * prediction.noiseFactor(level) - s * prediction.cleanFactor(level);
    return Math.min(a * a, gamma * s * s) / (det * det);
  }

  @Override
  public String toString() {
    return isUniform() ? "uniform" : "minSnr(" + gamma + ")";
  }
}
