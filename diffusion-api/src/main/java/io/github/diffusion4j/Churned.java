package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.ArrayList;
import java.util.List;

/** Another spacing's levels, raised before the network is asked (Karras et al. 2022). */
record Churned(Spacing spacing, double churn, double least, double most) implements DerivedSpacing {

  Churned {
    Checks.inRange(0, Double.MAX_VALUE, churn, "churn");
    Checks.require(
        least >= 0 && least <= most,
        () -> "σ that are churned must be from at least 0 up, got [" + least + ", " + most + "]");
  }

  @Override
  public Timeline timeline(NoiseSchedule schedule, int steps) {
    Timeline plain = spacing.timeline(schedule, steps);
    double gamma = Math.min(churn / plain.steps(), Math.sqrt(2) - 1);
    List<NoiseLevel> raised = new ArrayList<>();
    for (NoiseLevel level : plain.levels()) {
      double sigma = Ratios.of(level);
      boolean isRaised = gamma > 0 && sigma > 0 && sigma >= least && sigma <= most;
      raised.add(isRaised ? schedule.atRatio(sigma * (1 + gamma)) : level);
    }
    return plain.through(raised, plain.targets()).withJumps(plain.targets());
  }

  @Override
  public String toString() {
    return spacing + ".churned(" + churn + ", " + least + ", " + most + ")";
  }
}
