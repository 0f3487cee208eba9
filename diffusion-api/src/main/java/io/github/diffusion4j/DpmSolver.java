package io.github.diffusion4j;

import io.github.diffusion4j.Traits.Trait;
import io.github.diffusion4j.internal.Checks;
import java.util.List;

/**
 * DPM-Solver and DPM-Solver++: exponential integrators of order 1 to 3 for the flow from noise to
 * image, and for the diffusion process with noise (Lu et al. 2022a and 2022b).
 *
 * <p>It works on the clean images (DPM-Solver++) if not told otherwise, in several steps
 * (multistep: one network call each, the first ones of lower order). Order 1 is {@link
 * Scheduler#ddim()}; {@code sde-dpmsolver++} of order 1 is {@link Scheduler#ddim(double) ddim(1)}.
 *
 * <p>Immutable; every method returns a changed copy.
 */
public final class DpmSolver implements Scheduler {

  /** Below so many steps of a run the last two are of lower order, as in diffusers. */
  private static final int FEW = 15;

  private final int order;
  private final Traits traits;

  DpmSolver(int order, Traits traits) {
    this.order = Checks.inRange(1, 3, order, "solver order");
    this.traits = traits;
    Checks.require(
        traits.isData() || order < 3 || !traits.has(Trait.STOCHASTIC),
        () -> "the stochastic DPM-Solver on noise has solver orders 1 and 2, got 3");
  }

  private DpmSolver with(Trait trait, boolean has) {
    return new DpmSolver(order, traits.with(trait, has));
  }

  /**
   * This on the noise in place of the clean images: DPM-Solver, diffusers' {@code dpmsolver}. A
   * step to no noise is {@link Scheduler#ddim()}'s then.
   *
   * @return the changed scheduler
   */
  public DpmSolver onNoise() {
    return with(Trait.ON_NOISE, true);
  }

  /**
   * This for the diffusion process, with fresh noise at every step: diffusers' {@code
   * sde-dpmsolver++}, or {@code sde-dpmsolver} on the noise, which has orders 1 and 2 only.
   *
   * @return the changed scheduler
   */
  public DpmSolver stochastic() {
    return with(Trait.STOCHASTIC, true);
  }

  /**
   * This with Heun's form of order 2, where the midpoint's is the default, and in single steps of
   * order 3 the form with both differences.
   *
   * @return the changed scheduler
   */
  public DpmSolver heun() {
    return with(Trait.HEUN, true);
  }

  /**
   * This in single steps: orders 1 to the order in turn, each from the images where the group of
   * them started, so that a group makes one step of the order (diffusers' {@code
   * DPMSolverSinglestepScheduler}).
   *
   * @return the changed scheduler
   */
  public DpmSolver singlestep() {
    return with(Trait.SINGLESTEP, true);
  }

  /**
   * This with or without a lower order in the last steps: of less than 15 in several steps, always
   * in single steps. On by default; without it, a step to no noise is of order 1 all the same.
   *
   * @param lower whether
   * @return the changed scheduler
   */
  public DpmSolver lowerOrderFinal(boolean lower) {
    return with(Trait.FULL_ORDER_AT_END, !lower);
  }

  /**
   * This with a last step of order 1, however many there are.
   *
   * @return the changed scheduler
   */
  public DpmSolver eulerAtFinal() {
    return with(Trait.EULER_AT_END, true);
  }

  @Override
  public int memory() {
    return order - 1;
  }

  @Override
  public Move next(Step step) {
    boolean isData = traits.isData();
    int tau = traits.has(Trait.STOCHASTIC) ? 1 : 0;
    if (step.level().signal() == 0 || (step.next().noise() == 0 && !isData)) {
      return Scheduler.ddim(tau).next(step);
    }
    List<Node> nodes = Node.latest(Node.of(step, isData), order(step));
    boolean isBack = traits.has(Trait.SINGLESTEP) && nodes.size() > 1;
    Tensor x = isBack ? step.history().get(nodes.size() - 2).sample() : step.sample();
    NoiseLevel from = nodes.get(isBack ? nodes.size() - 1 : 0).level();
    Exponential way = Exponential.between(from, step.next(), isData, tau);
    LinearSum sum = way.moved(x, nodes, weights(way, nodes));
    return Move.to((tau > 0 ? sum.plus(way.fresh(), step.draw()) : sum).sum());
  }

  private int order(Step step) {
    int left = step.count() - step.index();
    if (step.next().noise() == 0 || (left == 1 && traits.has(Trait.EULER_AT_END))) {
      return 1;
    }
    if (!traits.has(Trait.SINGLESTEP)) {
      return step.count() < FEW ? traits.order(order, left) : order;
    }
    // 1 to the order in turn; a whole last group ends with 1.
    boolean isLast = left == 1 && step.count() % order == 0;
    return isLast ? traits.order(step.index() % order + 1, 1) : step.index() % order + 1;
  }

  private double[] weights(Exponential way, List<Node> nodes) {
    boolean isMidpoint = !traits.has(Trait.HEUN) && !traits.has(Trait.DEIS);
    if (nodes.size() == 2 && isMidpoint) {
      return way.line(nodes, way.whole() / 2);
    }
    if (nodes.size() < 3 || traits.has(Trait.DEIS)) {
      return way.exact(nodes);
    }
    boolean isSinglestep = traits.has(Trait.SINGLESTEP);
    if (isSinglestep && isMidpoint) {
      double[] ends = way.exact(List.of(nodes.get(0), nodes.get(2)));
      return new double[] {ends[0], 0, ends[1]};
    }
    // In several steps half of the curvature counts, in diffusers' stochastic form a'·h² less.
    double less = traits.has(Trait.STOCHASTIC) ? way.size() / way.rate() * way.h() * way.h() : 0;
    return way.bent(nodes, -(isSinglestep ? 2 * less : less + way.curvature()));
  }

  @Override
  public String toString() {
    return (traits.has(Trait.DEIS) ? "deis(" : "dpmSolver(") + order + traits + ")";
  }
}
