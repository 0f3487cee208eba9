package io.github.diffusion4j;

import io.github.diffusion4j.Traits.Trait;
import io.github.diffusion4j.internal.Checks;
import java.util.List;
import java.util.Objects;
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
  private final Traits traits;
  private final DoubleUnaryOperator tau;

  /** diffusers' amount of noise. */
  static final DoubleUnaryOperator USUAL = time -> time >= 200 && time <= 800 ? 1 : 0;

  SaSolver(int predictor, int corrector, Traits traits, DoubleUnaryOperator tau) {
    this.predictor = Checks.inRange(1, 4, predictor, "predictor order");
    this.corrector = Checks.inRange(1, 4, corrector, "corrector order");
    this.traits = traits;
    this.tau = Objects.requireNonNull(tau, "tau");
  }

  private SaSolver with(Trait trait, boolean has) {
    return new SaSolver(predictor, corrector, traits.with(trait, has), tau);
  }

  /**
   * This on the noise in place of the clean images.
   *
   * @return the changed scheduler
   */
  public SaSolver onNoise() {
    return with(Trait.ON_NOISE, true);
  }

  /**
   * This with another amount of noise; 1 for network times from 200 to 800 and else 0, if not
   * called, as in diffusers.
   *
   * @param tau τ at a network time, at least 0; 0 solves the flow, 1 the diffusion process
   * @return the changed scheduler
   */
  public SaSolver noise(DoubleUnaryOperator tau) {
    return new SaSolver(predictor, corrector, traits, tau);
  }

  /**
   * This with or without a lower order in the last steps, which is on by default.
   *
   * @param lower whether
   * @return the changed scheduler
   */
  public SaSolver lowerOrderFinal(boolean lower) {
    return with(Trait.FULL_ORDER_AT_END, !lower);
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
      Tensor noise = isFresh ? draw : step.estimate().noise();
      return Move.to(step.next().mix(step.estimate().clean(), noise));
    }
    int left = step.count() - step.index();
    List<Node> nodes = Node.of(step, traits.isData());
    Tensor x = step.sample();
    if (nodes.size() > 1) {
      Past past = step.history().get(0);
      Checks.require(
          past.draws().size() == 1,
          () -> "a past step must have one draw, got " + past.draws().size());
      // The order as it was known when the step before was predicted.
      List<Node> used = Node.latest(nodes, traits.order(corrector, left + 2));
      x = moved(past.level(), step.level(), past.sample(), used, past.draws().get(0));
    }
    // The draw of every step, as in diffusers, whether τ takes it or not.
    Tensor draw = step.draw();
    if (step.next().noise() == 0) {
      return Move.to(step.estimate().clean().times(step.next().signal())).correcting(x);
    }
    List<Node> used = Node.latest(nodes, traits.order(predictor, left));
    return Move.to(moved(step.level(), step.next(), x, used, draw)).correcting(x);
  }

  private Tensor moved(NoiseLevel from, NoiseLevel to, Tensor x, List<Node> nodes, Tensor draw) {
    double share = Checks.inRange(0, Double.MAX_VALUE, tau.applyAsDouble(from.time()), "τ");
    boolean isData = traits.isData();
    Exponential way = Exponential.between(from, to, isData, share);
    double[] weights =
        isData && nodes.size() == 2 ? way.line(nodes, way.size() * way.h() / 2) : way.exact(nodes);
    return way.moved(x, nodes, weights).plus(way.fresh(), draw).sum();
  }

  @Override
  public String toString() {
    return "saSolver(" + predictor + ", " + corrector + traits + (tau == USUAL ? ")" : ", own τ)");
  }
}
