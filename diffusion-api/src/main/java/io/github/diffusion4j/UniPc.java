package io.github.diffusion4j;

import io.github.diffusion4j.Traits.Trait;
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
  private final Traits traits;
  private final Set<Integer> uncorrected;

  UniPc(int order, Traits traits, Set<Integer> uncorrected) {
    this.order = Checks.inRange(1, 4, order, "solver order");
    this.traits = traits;
    this.uncorrected = uncorrected;
  }

  private UniPc with(Trait trait, boolean has) {
    return new UniPc(order, traits.with(trait, has), uncorrected);
  }

  /**
   * This on the noise in place of the clean images, {@code predict_x0=False} of diffusers.
   *
   * @return the changed scheduler
   */
  public UniPc onNoise() {
    return with(Trait.ON_NOISE, true);
  }

  /**
   * This with {@code B(h) = h}, which the paper recommends for few steps without guidance.
   *
   * @return the changed scheduler
   */
  public UniPc bh1() {
    return with(Trait.BH1, true);
  }

  /**
   * This with or without a lower order in the last steps, which is on by default. A step to no
   * noise is of order 1 in any case.
   *
   * @param lower whether
   * @return the changed scheduler
   */
  public UniPc lowerOrderFinal(boolean lower) {
    return with(Trait.FULL_ORDER_AT_END, !lower);
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
    return new UniPc(order, traits, Set.copyOf(set));
  }

  @Override
  public Move next(Step step) {
    int left = step.count() - step.index();
    if (step.level().signal() == 0) {
      return Scheduler.ddim().next(step);
    }
    List<Node> nodes = Node.of(step, traits.isData());
    boolean corrects = nodes.size() > 1 && !uncorrected.contains(step.index() - 1);
    Tensor x = step.sample();
    if (corrects) {
      // The step before once more, with what is known now at its end.
      Past past = step.history().get(0);
      List<Node> known = Node.latest(nodes, traits.order(order, left + 1) + 1);
      x = moved(past.level(), step.level(), past.sample(), known);
    }
    int used = step.next().noise() == 0 ? 1 : traits.order(order, left);
    Move move = Move.to(moved(step.level(), step.next(), x, Node.latest(nodes, used)));
    return corrects ? move.correcting(x) : move;
  }

  private Tensor moved(NoiseLevel from, NoiseLevel to, Tensor x, List<Node> nodes) {
    Exponential way = Exponential.between(from, to, traits.isData(), 0);
    double slope = (traits.has(Trait.BH1) ? way.size() * way.h() : way.whole()) / 2;
    double[] weights = nodes.size() == 2 ? way.line(nodes, slope) : way.exact(nodes);
    return way.moved(x, nodes, weights).sum();
  }

  @Override
  public int memory() {
    return order;
  }

  @Override
  public String toString() {
    String words = uncorrected.isEmpty() ? "" : ", uncorrected " + new TreeSet<>(uncorrected);
    return "uniPc(" + order + traits + words + ")";
  }
}
