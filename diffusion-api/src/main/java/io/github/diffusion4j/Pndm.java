package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

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

  /** The weights of Adams–Bashforth's methods of order 1 to 4, the last value first. */
  private static final double[][] ADAMS = {
    {1},
    {1.5, -0.5},
    {23 / 12.0, -16 / 12.0, 5 / 12.0},
    {55 / 24.0, -59 / 24.0, 37 / 24.0, -9 / 24.0},
  };

  private static final double[] SIMPSON = {1 / 6.0, 1 / 3.0, 1 / 3.0, 1 / 6.0};
  private static final int WARM_UP = 12;

  /** The least signal that diffusers' IPNDM divides by. */
  private static final double LEAST_SIGNAL = 1e-8;

  @Override
  public int memory() {
    return start.memory;
  }

  @Override
  public Timeline expand(Timeline timeline) {
    if (isLower() || timeline.steps() < 2) {
      return timeline;
    }
    Checks.require(
        !timeline.isJumping(),
        () -> start.name + " goes straight on: it takes no churned or resampled spacing");
    NoiseLevel first = timeline.levels().get(0);
    Checks.require(
        first.signal() > 0,
        () ->
            start.name
                + " needs signal at the first level, got "
                + first
                + "; start from a level with signal, as Spacing.karras(least, most) does");
    List<NoiseLevel> levels = new ArrayList<>(timeline.levels());
    Checks.require(
        levels.get(0).signal() > 0,
        () -> "PNDM needs a first level with signal, got " + timeline.levels().get(0));
    List<NoiseLevel> targets = new ArrayList<>(timeline.targets());
    if (start == Start.TWICE) {
      NoiseLevel again = levels.get(1);
      levels.add(1, aboveBy(timeline, again));
      targets.add(1, again);
    } else {
      Checks.require(
          timeline.steps() > 3,
          () -> "PNDM's start needs at least 4 steps, got " + timeline.steps());
      for (int i = 2; i >= 0; i--) {
        List<NoiseLevel> way = middles(timeline, i);
        NoiseLevel to = levels.get(i + 1);
        levels.addAll(i + 1, List.of(way.get(1), way.get(1), to));
        targets.set(i, way.get(0));
        targets.addAll(i + 1, List.of(way.get(1), way.get(2), to));
      }
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
    if (!isByPosition(timeline, second) || second.time() + gap == first.time()) {
      return second;
    }
    NoiseLevel from = timeline.schedule().at(second.time() + gap);
    return NoiseLevel.of(from.signal(), from.noise(), second.time());
  }

  /** Where the first three stages of a Runge–Kutta step end, the second being where it asks. */
  private static List<NoiseLevel> middles(Timeline timeline, int i) {
    NoiseSchedule schedule = timeline.schedule();
    NoiseLevel from = timeline.levels().get(i);
    NoiseLevel to = timeline.levels().get(i + 1);
    if (!isByPosition(timeline, to)) {
      NoiseLevel middle = schedule.atRatio(Math.sqrt(Ratios.of(from) * Ratios.of(to)));
      return List.of(middle, middle, to);
    }
    double half = Math.floor((from.time() - timeline.targets().get(i).time()) / 2);
    double middle = to.time() + half;
    return List.of(
        schedule.at(from.time() - half), schedule.at(middle), schedule.at(middle - half));
  }

  private static boolean isByPosition(Timeline timeline, NoiseLevel level) {
    return timeline.schedule().isDiscrete()
        && level.time() >= 0
        && level.time() == Math.rint(level.time())
        && level.equals(timeline.schedule().at(level.time()));
  }

  private boolean isLower() {
    return start == Start.LOWER || start == Start.AS_DIFFUSERS;
  }

  @Override
  public Move next(Step step) {
    if (step.level().signal() == 0 && start == Start.LOWER) {
      return Scheduler.ddim().next(step);
    }
    int index = step.index();
    if (start == Start.RUNGE_KUTTA && index < WARM_UP) {
      return rungeKutta(step, index % 4);
    }
    if (start == Start.TWICE && index == 1) {
      Past first = step.history().get(0);
      boolean isAsCounted = step.level().signal() != step.next().signal();
      NoiseLevel from = isAsCounted ? step.level() : first.level();
      List<Tensor> both =
          List.of(value(step.level(), step.estimate()), value(first.level(), first.estimate()));
      Tensor mean = Tensors.weightedSum(new double[] {0.5, 0.5}, both);
      return Move.to(moved(first.sample(), from, step.next(), mean));
    }
    List<Tensor> values = new ArrayList<>();
    values.add(value(step.level(), step.estimate()));
    for (int back = 1; back <= step.history().size() && values.size() < 4; back++) {
      if (counts(index - back)) {
        Past past = step.history().get(back - 1);
        values.add(value(past.level(), past.estimate()));
      }
    }
    Tensor value = Tensors.weightedSum(ADAMS[values.size() - 1], values);
    return Move.to(moved(step.sample(), step.level(), step.next(), value));
  }

  /** Whether a step's value is one of the method's. */
  private boolean counts(int index) {
    return switch (start) {
      case RUNGE_KUTTA -> index >= WARM_UP || index % 4 == 0;
      case TWICE -> index != 1;
      case LOWER, AS_DIFFUSERS -> true;
    };
  }

  private Move rungeKutta(Step step, int stage) {
    Tensor now = value(step.level(), step.estimate());
    if (stage == 0) {
      return Move.to(moved(step.sample(), step.level(), step.next(), now));
    }
    Past first = step.history().get(stage - 1);
    if (stage < 3) {
      return Move.to(moved(first.sample(), first.level(), step.next(), now));
    }
    List<Tensor> values = new ArrayList<>();
    for (Past past : step.history().subList(0, 3)) {
      values.add(value(past.level(), past.estimate()));
    }
    Collections.reverse(values);
    values.add(now);
    Tensor value = Tensors.weightedSum(SIMPSON, values);
    return Move.to(moved(first.sample(), first.level(), step.next(), value));
  }

  private Tensor value(NoiseLevel level, Estimate estimate) {
    return isVelocity
        ? PredictionType.VELOCITY.target(estimate.clean(), estimate.noise(), level)
        : estimate.noise();
  }

  private Tensor moved(Tensor x, NoiseLevel from, NoiseLevel to, Tensor value) {
    Tensor noise = isVelocity ? Tensors.mix(from.signal(), value, from.noise(), x) : value;
    double share = to.signal() / Math.max(from.signal(), LEAST_SIGNAL);
    return Tensors.mix(share, x, to.noise() - share * from.noise(), noise);
  }

  @Override
  public String toString() {
    return start.name + (isVelocity ? "(velocity)" : "");
  }
}
