package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.ArrayList;
import java.util.List;

/** Another spacing's levels with jumps back (RePaint, Lugmayr et al. 2022, algorithm 1). */
record Resampled(Spacing spacing, int length, int times) implements Spacing {

  Resampled {
    Checks.atLeast(1, length, "jump length");
    Checks.atLeast(1, times, "number of passes");
  }

  @Override
  public int steps(NoiseSchedule schedule) {
    return spacing.steps(schedule);
  }

  @Override
  public double[] positions(NoiseSchedule schedule, int steps) {
    return spacing.positions(schedule, steps);
  }

  @Override
  public Timeline timeline(NoiseSchedule schedule, int steps) {
    Timeline plain = spacing.timeline(schedule, steps);
    int[] jumps = new int[plain.steps() + 1];
    for (int left = 0; left < plain.steps() - length; left += length) {
      jumps[left] = times - 1;
    }
    List<NoiseLevel> levels = new ArrayList<>();
    List<NoiseLevel> targets = new ArrayList<>();
    int left = plain.steps();
    while (left > 0) {
      levels.add(plain.levels().get(plain.steps() - left));
      targets.add(plain.targets().get(plain.steps() - left));
      left--;
      if (jumps[left] > 0) {
        jumps[left]--;
        left += length;
      }
    }
    levels.add(plain.levels().get(plain.steps()));
    return Timeline.of(schedule, levels).withJumps(targets);
  }

  @Override
  public String toString() {
    return spacing + ".resampled(" + length + ", " + times + ")";
  }
}
