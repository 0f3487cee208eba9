package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.ArrayList;
import java.util.List;

/**
 * Adams–Bashforth along σ = s/a: {@code x'/a' = x/a + Σ Cⱼ·εⱼ} with Cⱼ the integral over σ of
 * Lagrange's polynomial through the last levels, in σ (LMS) or in ln σ (DEIS).
 */
record LinearMultistep(int order, boolean isLogarithmic, boolean lowerOrderFinal)
    implements Scheduler {

  private static final int FEW = 15;

  LinearMultistep {
    Checks.inRange(1, isLogarithmic ? 3 : 4, order, "solver order");
  }

  @Override
  public int memory() {
    return order - 1;
  }

  @Override
  public Move next(Step step) {
    if (step.level().signal() == 0) {
      return Scheduler.ddim().next(step);
    }
    int left = step.count() - step.index();
    boolean few = lowerOrderFinal && step.count() < FEW && left <= 2;
    boolean lastOfLog = isLogarithmic && step.next().noise() == 0;
    int most = lastOfLog ? 1 : few ? Math.min(order, left) : order;
    int used = Math.min(most, Ratios.finite(step.history()) + 1);
    double[] sigmas = new double[used];
    List<Tensor> noises = new ArrayList<>();
    for (int j = 0; j < used; j++) {
      sigmas[j] = Ratios.of(j == 0 ? step.level() : step.history().get(j - 1).level());
      noises.add((j == 0 ? step.estimate() : step.history().get(j - 1).estimate()).noise());
    }
    double to = step.next().signal();
    LinearSum sum = new LinearSum().plus(to / step.level().signal(), step.sample());
    for (int j = 0; j < used; j++) {
      sum.plus(to * integral(sigmas, j, Ratios.of(step.next())), noises.get(j));
    }
    return Move.to(sum.orZeros(step.sample().shape()));
  }

  /** ∫ Lⱼ dσ from the first of the levels to the next. */
  private double integral(double[] sigmas, int j, double to) {
    double[] polynomial = {1};
    double scale = 1;
    for (int k = 0; k < sigmas.length; k++) {
      if (k != j) {
        double node = variable(sigmas[k]);
        polynomial = timesShifted(polynomial, node);
        scale *= variable(sigmas[j]) - node;
      }
    }
    double sum = 0;
    for (int power = 0; power < polynomial.length; power++) {
      sum += polynomial[power] * (primitive(power, to) - primitive(power, sigmas[0]));
    }
    return sum / scale;
  }

  private double variable(double sigma) {
    return isLogarithmic ? Math.log(sigma) : sigma;
  }

  /** The polynomial times {@code (u − node)}. */
  static double[] timesShifted(double[] polynomial, double node) {
    double[] product = new double[polynomial.length + 1];
    for (int power = 0; power < polynomial.length; power++) {
      product[power] -= node * polynomial[power];
      product[power + 1] += polynomial[power];
    }
    return product;
  }

  /** A primitive of u^power over σ. */
  private double primitive(int power, double sigma) {
    if (!isLogarithmic) {
      return Math.pow(sigma, power + 1) / (power + 1);
    }
    return power == 0
        ? sigma
        : sigma * Math.pow(Math.log(sigma), power) - power * primitive(power - 1, sigma);
  }

  @Override
  public String toString() {
    return (isLogarithmic ? "deis(" : "lms(")
        + order
        + (isLogarithmic && !lowerOrderFinal ? ", full order at the end" : "")
        + ")";
  }
}
