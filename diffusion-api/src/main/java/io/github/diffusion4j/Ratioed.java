package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.List;

/** Levels by a list of ratios of noise to signal. */
record Ratioed(List<Double> sigmas) implements Spacing {

  Ratioed {
    Checks.require(sigmas.size() > 1, () -> "σ of at least one step and its end, got " + sigmas);
    for (int i = 1; i < sigmas.size(); i++) {
      double before = sigmas.get(i - 1);
      double sigma = sigmas.get(i);
      Checks.require(
          sigma < before && sigma >= 0,
          () -> "σ must fall strictly and be at least 0, got " + before + " before " + sigma);
    }
  }

  @Override
  public int steps(NoiseSchedule schedule) {
    return sigmas.size() - 1;
  }

  @Override
  public double[] positions(NoiseSchedule schedule, int steps) {
    throw new IllegalArgumentException(
        "a list of σ visits levels, not positions; ask for its timeline");
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
