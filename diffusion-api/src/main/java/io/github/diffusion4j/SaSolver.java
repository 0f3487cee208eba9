package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * SA-Solver: a stochastic Adams predictor and corrector of the diffusion process, whose amount of
 * noise τ depends on the time (Xue et al. 2023). One network call and one draw a step.
 *
 * <p>The corrector puts the predictor's noise in again, so that it corrects the images and not
 * their randomness.
 *
 * <p>Immutable; every method returns a changed copy.
 */
public final class SaSolver implements Scheduler {

  private final int predictor;
  private final int corrector;
  private final boolean isData;
  private final boolean lowerOrderFinal;
  private final DoubleUnaryOperator tau;

  private SaSolver(
      int predictor,
      int corrector,
      boolean isData,
      boolean lowerOrderFinal,
      DoubleUnaryOperator tau) {
    this.predictor = Checks.inRange(1, 4, predictor, "predictor order");
    this.corrector = Checks.inRange(1, 4, corrector, "corrector order");
    this.isData = isData;
    this.lowerOrderFinal = lowerOrderFinal;
    this.tau = tau;
  }

  static SaSolver of(int predictor, int corrector) {
    return new SaSolver(
        predictor, corrector, true, true, time -> time >= 200 && time <= 800 ? 1 : 0);
  }

  /**
   * This on the noise in place of the clean images.
   *
   * @return the changed scheduler
   */
  public SaSolver onNoise() {
    return new SaSolver(predictor, corrector, false, lowerOrderFinal, tau);
  }

  /**
   * This with another amount of noise; 1 for network times from 200 to 800 and else 0, if not
   * called, as in diffusers.
   *
   * @param tau τ at a network time, at least 0; 0 solves the flow, 1 the diffusion process
   * @return the changed scheduler
   */
  public SaSolver noise(DoubleUnaryOperator tau) {
    return new SaSolver(predictor, corrector, isData, lowerOrderFinal, tau);
  }

  /**
   * This with or without a lower order in the last steps, which is on by default.
   *
   * @param lower whether
   * @return the changed scheduler
   */
  public SaSolver lowerOrderFinal(boolean lower) {
    return new SaSolver(predictor, corrector, isData, lower, tau);
  }

  @Override
  public int memory() {
    return Math.max(predictor, corrector - 1);
  }

  @Override
  public Move next(Step step) {
    if (step.level().signal() == 0) {
      Tensor draw = step.draw();
      boolean isFresh = tau.applyAsDouble(step.level().time()) > 0;
      Estimate estimate = step.estimate();
      return Move.to(step.next().mix(estimate.clean(), isFresh ? draw : estimate.noise()));
    }
    List<Past> history = step.history().subList(0, Ratios.finite(step.history()));
    List<NoiseLevel> levels = new ArrayList<>(List.of(step.level()));
    List<Tensor> parts = new ArrayList<>(List.of(Exponential.part(step.estimate(), isData)));
    for (Past past : history) {
      levels.add(past.level());
      parts.add(Exponential.part(past.estimate(), isData));
    }
    Tensor x = step.sample();
    if (!history.isEmpty()) {
      Past past = history.get(0);
      int used = Math.min(correctorOrder(step), levels.size());
      x = moved(past.level(), step.level(), past.sample(), levels, parts, used, past.draws(), true);
    }
    // The draw of every step, as in diffusers, whether τ takes it or not.
    List<Tensor> draw = List.of(step.draw());
    if (step.next().noise() == 0) {
      return Move.to(step.estimate().clean().times(step.next().signal())).correcting(x);
    }
    int used = Math.min(predictorOrder(step), levels.size());
    return Move.to(moved(step.level(), step.next(), x, levels, parts, used, draw, false))
        .correcting(x);
  }

  private int predictorOrder(Step step) {
    return lowerOrderFinal ? Math.min(predictor, step.count() - step.index()) : predictor;
  }

  /** As it was known when the step before was predicted. */
  private int correctorOrder(Step step) {
    return lowerOrderFinal ? Math.min(corrector, step.count() - step.index() + 2) : corrector;
  }

  private Tensor moved(
      NoiseLevel from,
      NoiseLevel to,
      Tensor x,
      List<NoiseLevel> levels,
      List<Tensor> parts,
      int used,
      List<Tensor> draw,
      boolean isCorrecting) {
    double share = Checks.inRange(0, Double.MAX_VALUE, tau.applyAsDouble(from.time()), "τ");
    double square = 1 + share * share;
    double h = to.lambda() - from.lambda();
    double rate = isData ? square : -1;
    double[] weights = new double[used];
    for (int i = 0; i < used; i++) {
      weights[i] = integral(levels, i, used, rate, from.lambda(), to.lambda());
    }
    if (isData && used == 2) {
      double rest = (h * square - 1 + Math.exp(-square * h)) / (square * square);
      double change =
          isCorrecting
              ? h / 2 - rest / h
              : (h * h / 2 - rest) / (levels.get(0).lambda() - levels.get(1).lambda());
      weights[0] += Math.exp(square * to.lambda()) * change;
      weights[1] -= Math.exp(square * to.lambda()) * change;
    }
    double kept =
        isData
            ? Math.exp(-share * share * h) * to.noise() / from.noise()
            : to.signal() / from.signal();
    double scale =
        isData
            ? square * to.noise() * Math.exp(-share * share * to.lambda())
            : -square * to.signal();
    LinearSum sum = new LinearSum().plus(kept, x);
    for (int i = 0; i < used; i++) {
      sum.plus(scale * weights[i], parts.get(i));
    }
    double fresh =
        isData
            ? Math.sqrt(-Math.expm1(-2 * share * share * h))
            : share * Math.sqrt(Math.expm1(2 * h));
    return sum.plus(to.noise() * fresh, draw.get(0)).orZeros(x.shape());
  }

  /** ∫ e^(rate·λ)·Lᵢ(λ) dλ. */
  private static double integral(
      List<NoiseLevel> levels, int i, int used, double rate, double from, double to) {
    double[] polynomial = {1};
    double scale = 1;
    for (int k = 0; k < used; k++) {
      if (k != i) {
        double node = levels.get(k).lambda();
        polynomial = LinearMultistep.timesShifted(polynomial, node);
        scale *= levels.get(i).lambda() - node;
      }
    }
    double sum = 0;
    for (int power = 0; power < used; power++) {
      sum += polynomial[power] * (primitive(power, rate, to) - primitive(power, rate, from));
    }
    return sum / scale;
  }

  private static double primitive(int power, double rate, double lambda) {
    double first = Math.pow(lambda, power) * Math.exp(rate * lambda) / rate;
    return power == 0 ? first : first - power / rate * primitive(power - 1, rate, lambda);
  }

  @Override
  public String toString() {
    return "saSolver("
        + predictor
        + ", "
        + corrector
        + (isData ? "" : ", on noise")
        + (lowerOrderFinal ? "" : ", full order at the end")
        + ")";
  }
}
