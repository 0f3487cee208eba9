package io.github.diffusion4j;

import java.util.ArrayList;
import java.util.List;

/** Methods that ask the network twice for each step of a request, but once for the last. */
enum TwoStage implements Scheduler {
  /** Trapezoidal rule: ask at the end of an Euler step, take the mean. */
  HEUN("heun"),
  /** Midpoint rule: ask half way along ln σ, take what is found there. */
  KDPM2("kdpm2"),
  /** Midpoint rule to less noise than the next level has, and fresh noise. */
  KDPM2_ANCESTRAL("kdpm2Ancestral");

  private final String name;

  TwoStage(String name) {
    this.name = name;
  }

  @Override
  public int memory() {
    return 1;
  }

  @Override
  public Timeline expand(Timeline timeline) {
    if (this != HEUN) {
      Ratios.requireSignal(timeline.levels().get(0), name);
    }
    List<NoiseLevel> levels = new ArrayList<>();
    List<NoiseLevel> targets = new ArrayList<>();
    for (int i = 0; i < timeline.steps(); i++) {
      NoiseLevel from = timeline.levels().get(i);
      NoiseLevel to = timeline.targets().get(i);
      levels.add(from);
      if (to.noise() > 0) {
        NoiseLevel second = this == HEUN ? to : between(timeline.schedule(), from, to);
        levels.add(second);
        targets.add(second);
      }
      targets.add(to);
    }
    levels.add(timeline.levels().get(timeline.steps()));
    return timeline.through(levels, targets);
  }

  private NoiseLevel between(NoiseSchedule schedule, NoiseLevel from, NoiseLevel to) {
    double low = this == KDPM2 ? Ratios.of(to) : down(from, to);
    return schedule.atRatio(Math.sqrt(Ratios.of(from) * low));
  }

  /** σ after the step without the fresh noise, {@code σ'²/σ}, in float32 as diffusers has it. */
  private static double down(NoiseLevel from, NoiseLevel to) {
    float up = up(from, to);
    float sigma = (float) Ratios.of(to);
    return (float) Math.sqrt(Math.max(0, sigma * sigma - up * up));
  }

  /** σ of the fresh noise. */
  private static float up(NoiseLevel from, NoiseLevel to) {
    float high = (float) Ratios.of(from);
    float low = (float) Ratios.of(to);
    return (float) Math.sqrt(low * low * (high * high - low * low) / (high * high));
  }

  @Override
  public Move next(Step step) {
    boolean isSecond = step.index() % 2 == 1 && !step.history().isEmpty();
    if (!isSecond) {
      return Scheduler.ddim().next(step);
    }
    // From where the first stage started along the chord: x + Δa·clean + Δs·noise.
    Past past = step.history().get(0);
    NoiseLevel from = past.level();
    NoiseLevel to = step.next();
    List<Estimate> both = List.of(past.estimate(), step.estimate());
    Estimate estimate =
        this == HEUN ? Estimate.weightedSum(new double[] {0.5, 0.5}, both) : step.estimate();
    double noise = this == KDPM2_ANCESTRAL ? to.signal() * down(from, to) : to.noise();
    LinearSum sum =
        new LinearSum(1, past.sample())
            .plus(to.signal() - from.signal(), estimate.clean())
            .plus(noise - from.noise(), estimate.noise());
    if (this == KDPM2_ANCESTRAL) {
      sum.plus(to.signal() * up(from, to), step.draw());
    }
    return Move.to(sum.sum());
  }

  @Override
  public String toString() {
    return name;
  }
}
