package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;

/**
 * How far σ is raised: to (1 + γ)·σ with γ = min(amount/n, √2 − 1) in a run of n steps (Karras et
 * al. 2022, algorithm 2).
 *
 * @param amount at least 0
 * @param least the least σ that is raised
 * @param most the greatest
 */
record Churn(double amount, double least, double most) {

  Churn {
    Checks.inRange(0, Double.MAX_VALUE, amount, "churn");
    Checks.require(
        least >= 0 && least <= most,
        () -> "σ that are churned must be from at least 0 up, got [" + least + ", " + most + "]");
  }

  double raised(double sigma, int steps) {
    boolean isRaised = sigma >= least && sigma <= most;
    return isRaised ? sigma * (1 + Math.min(amount / steps, Math.sqrt(2) - 1)) : sigma;
  }

  @Override
  public String toString() {
    return amount + ", " + least + ", " + most;
  }
}
