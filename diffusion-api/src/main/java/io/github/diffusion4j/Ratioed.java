package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.List;

/** Levels by a list of ratios of noise to signal. */
record Ratioed(List<Double> sigmas) implements LevelSpacing {

  Ratioed {
    Checks.require(sigmas.size() > 1, () -> "σ of at least one step and its end, got " + sigmas);
    Checks.falling(sigmas.stream().mapToDouble(Double::doubleValue).toArray(), "σ");
    Checks.inRange(0, Double.MAX_VALUE, sigmas.get(sigmas.size() - 1), "last σ");
  }

  @Override
  public int steps(NoiseSchedule schedule) {
    return sigmas.size() - 1;
  }

  @Override
  public Timeline timeline(NoiseSchedule schedule, int steps) {
    Checks.require(
        steps == sigmas.size() - 1,
        () -> "a list of " + sigmas.size() + " σ makes one step less, got " + steps);
    return Timeline.of(schedule, sigmas.stream().map(schedule::atRatio).toList());
  }

  @Override
  public String toString() {
    return "sigmas" + sigmas;
  }
}
