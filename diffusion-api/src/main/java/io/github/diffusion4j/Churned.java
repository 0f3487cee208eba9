package io.github.diffusion4j;

import java.util.List;

/** Another spacing's levels, raised before the network is asked (Karras et al. 2022). */
record Churned(Spacing spacing, Churn churn) implements DerivedSpacing {

  @Override
  public Timeline timeline(NoiseSchedule schedule, int steps) {
    Timeline plain = spacing.timeline(schedule, steps);
    List<NoiseLevel> raised =
        plain.levels().stream().map(level -> raised(schedule, level, plain.steps())).toList();
    double before = Ratios.size(plain.levels().get(0));
    double start = plain.startScale();
    double now = Ratios.size(raised.get(0));
    return plain
        .through(raised, plain.targets())
        .withJumps(plain.targets())
        .startingAt(Math.sqrt(start * start + now * now - before * before));
  }

  private NoiseLevel raised(NoiseSchedule schedule, NoiseLevel level, int steps) {
    double sigma = Ratios.of(level);
    double raised = churn.raised(sigma, steps);
    return raised > sigma ? schedule.atRatio(raised) : level;
  }

  @Override
  public String toString() {
    return spacing + ".churned(" + churn + ")";
  }
}
