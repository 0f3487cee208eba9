package io.github.diffusion4j;

import static java.util.stream.Collectors.joining;

import io.github.diffusion4j.internal.Checks;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

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

  private enum Trait {
    ON_NOISE(", on noise"),
    STOCHASTIC(", stochastic"),
    HEUN(", heun"),
    SINGLESTEP(", singlestep"),
    FULL_ORDER_AT_END(", full order at the end"),
    EULER_AT_END(", euler at the end");

    private final String words;

    Trait(String words) {
      this.words = words;
    }
  }

  private final int order;
  private final Set<Trait> traits;
  private final boolean isData;
  private final boolean isStochastic;
  private final boolean isHeun;
  private final boolean isSinglestep;
  private final boolean lowerOrderFinal;

  DpmSolver(int order) {
    this(Checks.inRange(1, 3, order, "solver order"), EnumSet.noneOf(Trait.class));
  }

  private DpmSolver(int order, EnumSet<Trait> traits) {
    this.order = order;
    this.traits = Collections.unmodifiableSet(traits);
    this.isData = !traits.contains(Trait.ON_NOISE);
    this.isStochastic = traits.contains(Trait.STOCHASTIC);
    this.isHeun = traits.contains(Trait.HEUN);
    this.isSinglestep = traits.contains(Trait.SINGLESTEP);
    this.lowerOrderFinal = !traits.contains(Trait.FULL_ORDER_AT_END);
    Checks.require(
        isData || order < 3 || !isStochastic,
        () -> "the stochastic DPM-Solver on noise has solver orders 1 and 2, got 3");
  }

  private DpmSolver with(Trait trait, boolean has) {
    EnumSet<Trait> changed = EnumSet.noneOf(Trait.class);
    changed.addAll(traits);
    if (has) {
      changed.add(trait);
    } else {
      changed.remove(trait);
    }
    return new DpmSolver(order, changed);
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
    if (step.level().signal() == 0) {
      return Scheduler.ddim(isStochastic ? 1 : 0).next(step);
    }
    if (!isData && step.next().noise() == 0) {
      return Scheduler.ddim().next(step);
    }
    int used = Math.min(isSinglestep ? singleOrder(step) : multiOrder(step), pastOf(step));
    List<NoiseLevel> levels = new ArrayList<>(List.of(step.level()));
    List<Tensor> parts = new ArrayList<>(List.of(Exponential.part(step.estimate(), isData)));
    for (Past past : step.history().subList(0, used - 1)) {
      levels.add(past.level());
      parts.add(Exponential.part(past.estimate(), isData));
    }
    boolean fromOldest = isSinglestep && used > 1;
    NoiseLevel from = fromOldest ? levels.get(used - 1) : step.level();
    Tensor x = fromOldest ? step.history().get(used - 2).sample() : step.sample();
    return Move.to(moved(step, Exponential.between(from, step.next(), isData), x, levels, parts));
  }

  private static int pastOf(Step step) {
    return Ratios.finite(step.history()) + 1;
  }

  private int multiOrder(Step step) {
    int left = step.count() - step.index();
    boolean few = lowerOrderFinal && step.count() < FEW;
    if ((left == 1 && (traits.contains(Trait.EULER_AT_END) || few)) || step.next().noise() == 0) {
      return 1;
    }
    return left == 2 && few ? Math.min(order, 2) : order;
  }

  private int singleOrder(Step step) {
    int count = step.count();
    int index = step.index();
    if (step.next().noise() == 0) {
      return 1;
    }
    boolean lower = lowerOrderFinal || count % order != 0;
    if (lower && count != Integer.MAX_VALUE) {
      // What does not make a whole group at the end, or the last group, is of lower order.
      int rest = count % order == 0 ? order : count % order;
      int place = index - (count - rest);
      if (place >= 0) {
        return place < rest - 1 || rest < order ? place + 1 : 1;
      }
    }
    return index % order + 1;
  }

  private Tensor moved(
      Step step, Exponential way, Tensor x, List<NoiseLevel> levels, List<Tensor> parts) {
    if (way.h() == 0) {
      return x;
    }
    double e = isStochastic && isData ? 2 * way.h() : way.h();
    double first = Math.expm1(e);
    double scale = way.size() * (isStochastic && !isData ? 2 : 1);
    double[] slopes = {first, 0, 0};
    if (parts.size() == 2) {
      slopes[1] = isHeun ? first / e - 1 : first / 2;
    } else if (parts.size() == 3) {
      slopes[1] = first / e - 1;
      // diffusers' stochastic form has the other sign before the half.
      slopes[2] = isSinglestep && !isHeun ? 0 : (first - e) / (e * e) + (isStochastic ? 0.5 : -0.5);
    }
    double[] weights = weights(slopes, way.h(), levels);
    double kept = way.kept() * (isStochastic && isData ? Math.exp(way.h()) : 1);
    LinearSum sum = new LinearSum().plus(kept, x);
    for (int i = 0; i < weights.length; i++) {
      sum.plus(-scale * weights[i], parts.get(i));
    }
    if (isStochastic) {
      sum.plus(step.next().noise() * Math.sqrt(Math.abs(Math.expm1(2 * way.h()))), step.draw());
    }
    return sum.orZeros(x.shape());
  }

  /** The weights of the parts, of those of the derivatives that they stand for. */
  private double[] weights(double[] slopes, double h, List<NoiseLevel> levels) {
    int used = levels.size();
    if (used == 1) {
      return new double[] {slopes[0]};
    }
    double rise = Math.abs(h);
    double near = levels.get(0).lambda();
    double middle = levels.get(1).lambda();
    if (used == 2) {
      double share = (near - middle) / rise;
      return isSinglestep
          ? new double[] {slopes[1] / share, slopes[0] - slopes[1] / share}
          : new double[] {slopes[0] + slopes[1] / share, -slopes[1] / share};
    }
    double far = levels.get(2).lambda();
    return isSinglestep
        ? single(slopes, (near - far) / rise, (middle - far) / rise)
        : several(slopes, (near - middle) / rise, (middle - far) / rise);
  }

  private static double[] several(double[] slopes, double r0, double r1) {
    // D1 = d0 + r0/(r0+r1)·(d0 − d1), D2 = (d0 − d1)/(r0+r1), d0 = (m0 − m1)/r0, d1 = (m1 − m2)/r1
    double onNear = slopes[1] * (1 + r0 / (r0 + r1)) + slopes[2] / (r0 + r1);
    double onFar = -(slopes[1] * r0 + slopes[2]) / (r0 + r1);
    return new double[] {
      slopes[0] + onNear / r0, onFar / r1 - onNear / r0, -onFar / r1,
    };
  }

  private double[] single(double[] slopes, double r0, double r1) {
    if (!isHeun) {
      return new double[] {slopes[1] / r0, 0, slopes[0] - slopes[1] / r0};
    }
    // D1 = (r0·d0 − r1·d1)/(r0−r1), D2 = 2·(d1 − d0)/(r0−r1), d0 = (m1 − m2)/r1, d1 = (m0 − m2)/r0
    double onMiddle = (slopes[1] * r0 - 2 * slopes[2]) / (r0 - r1);
    double onNear = (2 * slopes[2] - slopes[1] * r1) / (r0 - r1);
    return new double[] {
      onNear / r0, onMiddle / r1, slopes[0] - onNear / r0 - onMiddle / r1,
    };
  }

  @Override
  public String toString() {
    return traits.stream()
        .map(trait -> trait.words)
        .collect(joining("", "dpmSolver(" + order, ")"));
  }
}
