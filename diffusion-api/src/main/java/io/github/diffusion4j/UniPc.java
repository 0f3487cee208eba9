package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.LUDecomposition;

/**
 * UniPC: a multistep predictor, and a corrector that uses the next step's network call, so that a
 * step costs one call (Zhao et al. 2023).
 *
 * <p>It works on the clean images with {@code B(h) = e^h − 1} (bh2) if not told otherwise.
 *
 * <p>Immutable; every method returns a changed copy.
 */
public final class UniPc implements Scheduler {

  private final int order;
  private final boolean isData;
  private final boolean isBh1;
  private final boolean lowerOrderFinal;
  private final Set<Integer> uncorrected;

  private UniPc(
      int order, boolean isData, boolean isBh1, boolean lowerOrderFinal, Set<Integer> uncorrected) {
    this.order = order;
    this.isData = isData;
    this.isBh1 = isBh1;
    this.lowerOrderFinal = lowerOrderFinal;
    this.uncorrected = uncorrected;
  }

  static UniPc of(int order) {
    return new UniPc(Checks.inRange(1, 4, order, "solver order"), true, false, true, Set.of());
  }

  /**
   * This on the noise in place of the clean images.
   *
   * @return the changed scheduler
   */
  public UniPc onNoise() {
    return new UniPc(order, false, isBh1, lowerOrderFinal, uncorrected);
  }

  /**
   * This with {@code B(h) = h}, which the paper recommends for few steps without guidance.
   *
   * @return the changed scheduler
   */
  public UniPc bh1() {
    return new UniPc(order, isData, true, lowerOrderFinal, uncorrected);
  }

  /**
   * This with or without a lower order in the last steps, which is on by default. A step to no
   * noise is of order 1 in any case.
   *
   * @param lower whether
   * @return the changed scheduler
   */
  public UniPc lowerOrderFinal(boolean lower) {
    return new UniPc(order, isData, isBh1, lower, uncorrected);
  }

  /**
   * This without correction after some steps, as the first ones under strong guidance.
   *
   * @param steps indices of steps, from 0
   * @return the changed scheduler
   */
  public UniPc uncorrected(int... steps) {
    Set<Integer> set = new TreeSet<>();
    for (int step : steps) {
      set.add(Checks.atLeast(0, step, "step without correction"));
    }
    return new UniPc(order, isData, isBh1, lowerOrderFinal, Set.copyOf(set));
  }

  @Override
  public int memory() {
    return order;
  }

  @Override
  public Move next(Step step) {
    if (step.level().signal() == 0) {
      return Scheduler.ddim().next(step);
    }
    List<Past> history = step.history().subList(0, Ratios.finite(step.history()));
    List<NoiseLevel> levels = new ArrayList<>();
    List<Tensor> parts = new ArrayList<>();
    for (Past past : history) {
      levels.add(past.level());
      parts.add(Exponential.part(past.estimate(), isData));
    }
    Tensor now = Exponential.part(step.estimate(), isData);
    int index = step.index();
    boolean corrects = !history.isEmpty() && !uncorrected.contains(index - 1);
    Tensor x =
        corrects
            ? moved(
                order(index - 1, step.count(), history.size() - 1),
                history.get(0).sample(),
                levels,
                parts,
                step.level(),
                List.of(now))
            : step.sample();
    levels.add(0, step.level());
    parts.add(0, now);
    NoiseLevel to = step.next();
    if (to.noise() == 0 && !isData) {
      double kept = to.signal() / step.level().signal();
      Tensor end = Tensors.mix(kept, x, -kept * step.level().noise(), now);
      return corrects ? Move.to(end).correcting(x) : Move.to(end);
    }
    int used = to.noise() == 0 ? 1 : order(index, step.count(), history.size());
    Move move = Move.to(moved(used, x, levels, parts, to, List.of()));
    return corrects ? move.correcting(x) : move;
  }

  private int order(int index, int count, int past) {
    int used = lowerOrderFinal ? Math.min(order, count - index) : order;
    return Math.min(used, past + 1);
  }

  /** A step to a level, corrected where the part there is known already. */
  private Tensor moved(
      int used,
      Tensor x,
      List<NoiseLevel> levels,
      List<Tensor> parts,
      NoiseLevel to,
      List<Tensor> there) {
    NoiseLevel from = levels.get(0);
    Exponential way = Exponential.between(from, to, isData);
    double first = Math.expm1(way.h());
    double[] ratios = new double[used];
    for (int i = 1; i < used; i++) {
      ratios[i - 1] = (levels.get(i).lambda() - from.lambda()) / Math.abs(way.h());
    }
    ratios[used - 1] = 1;
    double size = isBh1 ? way.h() : first;
    double[] rho =
        there.isEmpty() ? predicting(ratios, way.h(), size) : solved(used, ratios, way.h(), size);
    Tensor m0 = parts.get(0);
    LinearSum sum = new LinearSum().plus(way.kept(), x);
    double onFirst = -way.size() * first;
    for (int i = 1; i < used; i++) {
      double weight = -way.size() * size * rho[i - 1] / ratios[i - 1];
      sum.plus(weight, parts.get(i));
      onFirst -= weight;
    }
    for (Tensor known : there) {
      double weight = -way.size() * size * rho[used - 1];
      sum.plus(weight, known);
      onFirst -= weight;
    }
    return sum.plus(onFirst, m0).orZeros(x.shape());
  }

  private static double[] predicting(double[] ratios, double h, double size) {
    return ratios.length == 2 ? new double[] {0.5} : solved(ratios.length - 1, ratios, h, size);
  }

  /** ρ of the conditions of order 1 to a number (equation 9 of the paper). */
  private static double[] solved(int conditions, double[] ratios, double h, double size) {
    if (conditions == 0) {
      return new double[0];
    }
    if (conditions == 1 && ratios.length == 1) {
      return new double[] {0.5};
    }
    double[][] powers = new double[conditions][conditions];
    double[] right = new double[conditions];
    double phi = Math.expm1(h) / h - 1;
    double factorial = 1;
    for (int i = 0; i < conditions; i++) {
      for (int k = 0; k < conditions; k++) {
        powers[i][k] = Math.pow(ratios[k], i);
      }
      right[i] = phi * factorial / size;
      factorial *= i + 2;
      phi = phi / h - 1 / factorial;
    }
    return new LUDecomposition(new Array2DRowRealMatrix(powers, false))
        .getSolver()
        .solve(new ArrayRealVector(right, false))
        .toArray();
  }

  @Override
  public String toString() {
    return "uniPc("
        + order
        + (isData ? "" : ", on noise")
        + (isBh1 ? ", bh1" : "")
        + (lowerOrderFinal ? "" : ", full order at the end")
        + (uncorrected.isEmpty() ? "" : ", uncorrected " + new TreeSet<>(uncorrected))
        + ")";
  }
}
