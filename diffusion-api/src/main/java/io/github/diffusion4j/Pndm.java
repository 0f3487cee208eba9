package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Pseudo numerical methods (Liu et al. 2022): Adams–Bashforth of order 4 with equal weights for any
 * spacing, applied to what the network predicts, and DDIM's transfer with the result.
 *
 * @param start how the first values are found
 * @param isVelocity whether the values that are put together are velocities, else noise
 */
record Pndm(Start start, boolean isVelocity) implements Scheduler {

  enum Start {
    /** Three steps of the classical Runge–Kutta method, with four calls each (PNDM). */
    RUNGE_KUTTA("pndm", 12),
    /** The first step again with the mean of both ends' values (PLMS). */
    TWICE("plms", 4),
    /** Lower orders (Zhang and Chen 2022, iPNDM). */
    LOWER("ipndm", 3),
    /** Lower orders, and at a level without signal as diffusers' IPNDM. */
    AS_DIFFUSERS("ipndm", 3);

    private final String name;
    private final int memory;

    Start(String name, int memory) {
      this.name = name;
      this.memory = memory;
    }
  }

  private static final double[] SIMPSON = {1 / 6.0, 1 / 3.0, 1 / 3.0, 1 / 6.0};
  private static final double[] HALVES = {0.5, 0.5};
  private static final int WARM_UP = 12;

  /** The least signal that diffusers' IPNDM divides by. */
  private static final double LEAST_SIGNAL = 1e-8;

  @Override
  public int memory() {
    return start.memory;
  }

  @Override
  public Timeline expand(Timeline timeline) {
    boolean isLower = start == Start.LOWER || start == Start.AS_DIFFUSERS;
    if (isLower || timeline.steps() < 2) {
      return timeline;
    }
    Checks.require(
        !timeline.isJumping(),
        () -> start.name + " goes straight on: it takes no churned or resampled spacing");
    Ratios.requireSignal(timeline.levels().get(0), start.name);
    List<NoiseLevel> levels = new ArrayList<>(timeline.levels());
    List<NoiseLevel> targets = new ArrayList<>(timeline.targets());
    if (start == Start.TWICE) {
      targets.add(1, levels.get(1));
      levels.add(1, aboveBy(timeline, levels.get(1)));
      return timeline.through(levels, targets);
    }
    Checks.atLeast(4, timeline.steps(), "number of steps of pndm");
    NoiseSchedule schedule = timeline.schedule();
    for (int i = 2; i >= 0; i--) {
      NoiseLevel from = levels.get(i);
      NoiseLevel to = levels.get(i + 1);
      boolean isByPosition = isByPosition(schedule, from) && isByPosition(schedule, to);
      double half = Math.floor((from.time() - targets.get(i).time()) / 2);
      NoiseLevel middle =
          isByPosition
              ? schedule.at(to.time() + half)
              : schedule.atRatio(Math.sqrt(Ratios.of(from) * Ratios.of(to)));
      // The second and the third call ask in the middle, the last one at the end.
      levels.addAll(i + 1, List.of(middle, middle, to));
      targets.set(i, isByPosition ? schedule.at(from.time() - half) : middle);
      NoiseLevel third = isByPosition ? schedule.at(middle.time() - half) : to;
      targets.addAll(i + 1, List.of(middle, third, to));
    }
    return timeline.through(levels, targets);
  }

  /**
   * Where the repeated first step starts: at the first level; by diffusers' count, which matters
   * where steps are no whole number of positions, as far above the second one as a step is long.
   */
  private static NoiseLevel aboveBy(Timeline timeline, NoiseLevel second) {
    NoiseLevel first = timeline.levels().get(0);
    double gap = first.time() - timeline.targets().get(0).time();
    if (!isByPosition(timeline.schedule(), second) || second.time() + gap == first.time()) {
      return second;
    }
    NoiseLevel from = timeline.schedule().at(second.time() + gap);
    return NoiseLevel.of(from.signal(), from.noise(), second.time());
  }

  private static boolean isByPosition(NoiseSchedule schedule, NoiseLevel level) {
    double time = level.time();
    return schedule.isDiscrete()
        && time >= 0
        && time == Math.rint(time)
        && level.equals(schedule.at(time));
  }

  /** How many calls before that of an index its step began: 0 if it is one of the method's own. */
  private int stage(int index) {
    return switch (start) {
      case RUNGE_KUTTA -> index < WARM_UP ? index % 4 : 0;
      case TWICE -> index == 1 ? 1 : 0;
      case LOWER, AS_DIFFUSERS -> 0;
    };
  }

  @Override
  public Move next(Step step) {
    if (step.level().signal() == 0 && start == Start.LOWER) {
      return Scheduler.ddim().next(step);
    }
    int index = step.index();
    int stage = stage(index);
    List<Past> history = step.history();
    if (stage > 0) {
      Checks.require(
          stage <= history.size(),
          () -> this + " needs the last " + stage + " steps, got " + history.size());
      Past first = history.get(stage - 1);
      boolean isAsCounted = start == Start.TWICE && step.level().signal() != step.next().signal();
      NoiseLevel from = isAsCounted ? step.level() : first.level();
      double[] weights = start == Start.TWICE ? HALVES : stage == 3 ? SIMPSON : adams(1);
      return moved(first.sample(), from, step.next(), value(step, history, weights));
    }
    List<Past> before =
        IntStream.range(0, history.size())
            .filter(i -> stage(index - 1 - i) == 0)
            .mapToObj(history::get)
            .toList();
    boolean isAlone = start == Start.RUNGE_KUTTA && index < WARM_UP;
    double[] weights = adams(isAlone ? 1 : Math.min(before.size() + 1, 4));
    return moved(step.sample(), step.level(), step.next(), value(step, before, weights));
  }

  /** The weights of Adams's and Bashforth's method for equal steps, the last value first. */
  private static double[] adams(int order) {
    double[] steps = IntStream.range(0, order).mapToDouble(i -> -i).toArray();
    return Lagrange.integrals(steps, 0, 1, u -> 1);
  }

  /** The weighted sum of this step's value and those before. */
  private Tensor value(Step step, List<Past> before, double[] weights) {
    LinearSum sum = new LinearSum(weights[0], value(step.level(), step.estimate()));
    for (int i = 1; i < weights.length; i++) {
      Past past = before.get(i - 1);
      sum.plus(weights[i], value(past.level(), past.estimate()));
    }
    return sum.sum();
  }

  private Tensor value(NoiseLevel level, Estimate estimate) {
    return isVelocity
        ? PredictionType.VELOCITY.target(estimate.clean(), estimate.noise(), level)
        : estimate.noise();
  }

  private Move moved(Tensor x, NoiseLevel from, NoiseLevel to, Tensor value) {
    Tensor noise = isVelocity ? Tensors.mix(from.signal(), value, from.noise(), x) : value;
    double share = to.signal() / Math.max(from.signal(), LEAST_SIGNAL);
    return Move.to(Tensors.mix(share, x, to.noise() - share * from.noise(), noise));
  }

  @Override
  public String toString() {
    return start.name + (isVelocity ? "(velocity)" : "");
  }
}
