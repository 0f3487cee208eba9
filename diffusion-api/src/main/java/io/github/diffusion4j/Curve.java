package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.Locale;
import org.apache.commons.math3.distribution.BetaDistribution;

/** How σ falls from the greatest to the least. */
enum Curve {
  /** Evenly in σ^(1/7) (Karras et al. 2022, equation 5). */
  KARRAS,
  /** Evenly in ln σ. */
  EXPONENTIAL,
  /** By the quantiles of a beta distribution, dense at both ends (Lee et al. 2024). */
  BETA;

  static final double RHO = 7;
  private static final double SHAPE = 0.6;

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  double[] sigmas(double least, double most, int count) {
    return sigmas(least, most, count, RHO);
  }

  double[] sigmas(double least, double most, int count, double rho) {
    Checks.require(
        least > 0 && least <= most && Double.isFinite(most),
        () -> "σ must fall from a finite one to one above 0, got " + most + " to " + least);
    double[] sigmas = new double[count];
    BetaDistribution beta = new BetaDistribution(SHAPE, SHAPE);
    for (int i = 0; i < count; i++) {
      double share = count == 1 ? 0 : (double) i / (count - 1);
      sigmas[i] =
          switch (this) {
            case KARRAS ->
                Math.pow(between(Math.pow(most, 1 / rho), Math.pow(least, 1 / rho), share), rho);
            case EXPONENTIAL -> Math.exp(between(Math.log(most), Math.log(least), share));
            case BETA -> between(least, most, beta.inverseCumulativeProbability(1 - share));
          };
    }
    return sigmas;
  }

  private static double between(double from, double to, double share) {
    return from + share * (to - from);
  }
}
