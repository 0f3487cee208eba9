package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

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
    List<Node> nodes = Node.of(step, isData);
    boolean corrects = nodes.size() > 1 && !uncorrected.contains(step.index() - 1);
    Tensor x = corrects ? corrected(step, nodes) : step.sample();
    int used = step.next().noise() == 0 ? 1 : order(step.count() - step.index());
    Move move = Move.to(moved(step.level(), step.next(), x, Node.latest(nodes, used)));
    return corrects ? move.correcting(x) : move;
  }

  /** The step before once more, with what is known now at its end. */
  private Tensor corrected(Step step, List<Node> nodes) {
    Past past = step.history().get(0);
    int used = order(step.count() - step.index() + 1);
    return moved(past.level(), step.level(), past.sample(), Node.latest(nodes, used + 1));
  }

  private int order(int left) {
    return lowerOrderFinal ? Math.min(order, left) : order;
  }

  private Tensor moved(NoiseLevel from, NoiseLevel to, Tensor x, List<Node> nodes) {
    Exponential way = Exponential.between(from, to, isData, 0);
    double slope = (isBh1 ? way.size() * way.h() : way.whole()) / 2;
    double[] weights = nodes.size() == 2 ? way.line(nodes, slope) : way.exact(nodes);
    return way.moved(x, nodes, weights, () -> x);
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
