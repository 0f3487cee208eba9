package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * The noise levels that a run goes through, most noise first. n + 1 levels make n steps: at each
 * level but the last the network is asked once.
 *
 * <p>A step may end at another level than the next one asks at, see {@link #targets()}.
 *
 * <p>Immutable.
 */
public final class Timeline {

  private final NoiseSchedule schedule;
  private final List<NoiseLevel> levels;
  private final List<NoiseLevel> targets;
  private final boolean isJumping;
  private final double startScale;

  private Timeline(
      NoiseSchedule schedule,
      List<NoiseLevel> levels,
      List<NoiseLevel> targets,
      boolean isJumping,
      double startScale) {
    Checks.require(
        targets.size() == levels.size() - 1,
        () -> levels.size() + " levels make a step less, got " + targets.size() + " targets");
    this.schedule = Objects.requireNonNull(schedule, "schedule");
    this.levels = List.copyOf(levels);
    this.targets = List.copyOf(targets);
    this.isJumping = isJumping;
    this.startScale = startScale;
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
    Checks.falling(positions, "positions");
    return of(schedule, Arrays.stream(positions).mapToObj(schedule::at).toList());
  }

  /**
   * Any levels, in their order.
   *
   * @param schedule the schedule that they are of, which schedulers ask for levels between
   * @param levels at least one
   * @return the timeline
   * @throws IllegalArgumentException if there is no level
   */
  public static Timeline of(NoiseSchedule schedule, List<NoiseLevel> levels) {
    Checks.require(!levels.isEmpty(), () -> "a timeline has at least one level, got none");
    return new Timeline(
        schedule, levels, levels.subList(1, levels.size()), false, Ratios.size(levels.get(0)));
  }

  /**
   * The same levels, at which the network is asked, but other ones at which the steps end. The next
   * step takes the images as they are: some of diffusers' schedulers round the two differently.
   *
   * @param targets one level for each step
   * @return the changed timeline
   * @throws IllegalArgumentException if their number is not that of the steps
   */
  public Timeline withTargets(List<NoiseLevel> targets) {
    return new Timeline(schedule, levels, targets, false, startScale);
  }

  /**
   * As {@link #withTargets}, but where the next level has more noise than the step before it ended
   * at, the loop adds the difference, as the forward process does: so a run jumps back (Lugmayr et
   * al. 2022) or is churned (Karras et al. 2022, algorithm 2).
   *
   * @param targets one level for each step
   * @return the changed timeline
   * @throws IllegalArgumentException if their number is not that of the steps
   */
  public Timeline withJumps(List<NoiseLevel> targets) {
    return new Timeline(schedule, levels, targets, true, startScale);
  }

  /**
   * The same run through other levels: for {@link Scheduler#expand} and spacings that change
   * others. What this timeline does at its start and where it jumps stays.
   *
   * @param levels where the network is asked, and the last level
   * @param targets where each step ends
   * @return the changed timeline
   * @throws IllegalArgumentException if there is not one target for each level but the last
   */
  public Timeline through(List<NoiseLevel> levels, List<NoiseLevel> targets) {
    return new Timeline(schedule, levels, targets, isJumping, startScale);
  }

  /** The same timeline whose first images are noise of another deviation. */
  Timeline startingAt(double scale) {
    return new Timeline(schedule, levels, targets, isJumping, scale);
  }

  /** The schedule that the levels are of. */
  public NoiseSchedule schedule() {
    return schedule;
  }

  /** The levels, most noise first. */
  public List<NoiseLevel> levels() {
    return levels;
  }

  /** Where each step ends: the next level, if not said otherwise. */
  public List<NoiseLevel> targets() {
    return targets;
  }

  /** Whether the loop adds noise where the next level has more than a step ended at. */
  public boolean isJumping() {
    return isJumping;
  }

  /** The number of steps, one less than the number of levels. */
  public int steps() {
    return levels.size() - 1;
  }

  /**
   * The deviation of the noise that a run from noise starts with: √(a² + s²) of the first level, or
   * what a class of diffusers takes, its {@code init_noise_sigma}.
   */
  public double startScale() {
    return startScale;
  }

  /**
   * The rest of the timeline.
   *
   * @param index the level to start at, in {@code [0, steps()]}
   * @return the levels from there
   * @throws IllegalArgumentException if the index is out of range
   */
  public Timeline from(int index) {
    Checks.inRange(0, steps(), index, "start index");
    if (index == 0) {
      return this;
    }
    List<NoiseLevel> rest = levels.subList(index, levels.size());
    List<NoiseLevel> ends = targets.subList(index, targets.size());
    return new Timeline(schedule, rest, ends, isJumping, Ratios.size(rest.get(0)));
  }
}
