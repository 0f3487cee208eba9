package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The noise levels that a run goes through, most noise first. n + 1 levels make n steps.
 *
 * <p>Immutable.
 */
public final class Timeline {

  private final List<NoiseLevel> levels;

  private Timeline(List<NoiseLevel> levels) {
    Checks.require(!levels.isEmpty(), () -> "a timeline has at least one level, got none");
    this.levels = List.copyOf(levels);
  }

  /**
   * The levels at positions of a schedule.
   *
   * @param schedule the schedule
   * @param positions strictly falling, at least one
   * @return the timeline
   * @throws IllegalArgumentException if there is no position, they do not fall, or the schedule has
   *     no such position
   */
  public static Timeline of(NoiseSchedule schedule, double... positions) {
    for (int i = 1; i < positions.length; i++) {
      double before = positions[i - 1];
      double position = positions[i];
      Checks.require(
          position < before,
          () -> "positions must fall strictly, got " + before + " before " + position);
    }
    return new Timeline(Arrays.stream(positions).mapToObj(schedule::at).toList());
  }

  /** The levels, most noise first. */
  public List<NoiseLevel> levels() {
    return levels;
  }

  /** The number of steps, one less than the number of levels. */
  public int steps() {
    return levels.size() - 1;
  }

  /**
   * The rest of the timeline.
   *
   * @param index the level to start at, in {@code [0, steps()]}
   * @return the levels from there
   * @throws IllegalArgumentException if the index is out of range
   */
  public Timeline from(int index) {
    Checks.require(
        index >= 0 && index < levels.size(),
        () -> "start index must be in [0, " + steps() + "], got " + index);
    return new Timeline(new ArrayList<>(levels.subList(index, levels.size())));
  }
}
