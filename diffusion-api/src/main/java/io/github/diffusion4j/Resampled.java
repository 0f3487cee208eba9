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
    int count = plain.steps();
    Checks.require(
        (long) count * times <= MOST_STEPS,
        () -> this + " makes more than " + MOST_STEPS + " steps of " + count);
    List<NoiseLevel> levels = new ArrayList<>();
    List<NoiseLevel> targets = new ArrayList<>();
    int[] passes = new int[count];
    int i = 0;
    while (i < count) {
      levels.add(plain.levels().get(i));
      targets.add(plain.targets().get(i));
      i++;
      int left = count - i;
      boolean isEnd = left % length == 0 && left < count - length;
      if (isEnd && passes[left] < times - 1) {
        passes[left]++;
        i -= length;
      }
    }
    levels.add(plain.levels().get(count));
    return plain.through(levels, targets).withJumps(targets);
  }

  @Override
  public String toString() {
    return spacing + ".resampled(" + length + ", " + times + ")";
  }
}
