package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.ArrayList;
import java.util.List;

/** Another spacing's levels with jumps back (RePaint, Lugmayr et al. 2022, algorithm 1). */
record Resampled(Spacing spacing, int length, int times) implements DerivedSpacing {

  private static final int MOST_STEPS = 1_000_000;

  Resampled {
    Checks.atLeast(1, length, "jump length");
    Checks.atLeast(1, times, "number of passes");
  }

  @Override
  public Timeline timeline(NoiseSchedule schedule, int steps) {
    Timeline plain = spacing.timeline(schedule, steps);
    int[] jumps = new int[plain.steps() + 1];
    for (int left = 0; left < plain.steps() - length; left += length) {
      jumps[left] = times - 1;
    }
    long all = plain.steps() + (long) plain.steps() * (times - 1);
    Checks.require(
        all <= MOST_STEPS,
        () -> this + " makes about " + all + " steps, at most " + MOST_STEPS + " are possible");
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
    return plain.through(levels, targets).withJumps(targets);
  }

  @Override
  public String toString() {
    return spacing + ".resampled(" + length + ", " + times + ")";
  }
}
