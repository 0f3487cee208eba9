package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;

/** A schedule whose network is told another time. */
record TimedSchedule(NoiseSchedule base, DoubleUnaryOperator clock, String clockName)
    implements DerivedSchedule {

  static TimedSchedule affine(NoiseSchedule base, double factor, double offset) {
    Checks.finite(factor, "factor of the clock");
    Checks.finite(offset, "offset of the clock");
    return new TimedSchedule(
        base, p -> factor * p + offset, "timed(" + factor + ", " + offset + ")");
  }

  /** Whether two schedules are one path, whatever their clocks and in either form. */
  static boolean isOnePath(NoiseSchedule one, NoiseSchedule other) {
    return path(one).toString().equals(path(other).toString());
  }

  private static NoiseSchedule path(NoiseSchedule schedule) {
    if (schedule instanceof TimedSchedule timed) {
      return path(timed.base);
    }
    return schedule instanceof Exploding exploding ? path(exploding.base()) : schedule;
  }

  /**
   * Levels as a network is told them that was trained on the same path with another clock; those of
   * another path as they are.
   *
   * @param from the schedule of the levels; a discrete one must have positions as its times
   * @param to the network's schedule
   */
  static UnaryOperator<NoiseLevel> told(NoiseSchedule from, NoiseSchedule to) {
    boolean isOtherClock = isOnePath(from, to) && !from.toString().equals(to.toString());
    boolean hasPositions = !from.isDiscrete() || !from.toString().contains(".timed");
    return isOtherClock && hasPositions
        ? level ->
            new NoiseLevel(level.signal(), level.noise(), time(to, level), level.inputScale())
        : UnaryOperator.identity();
  }

  private static double time(NoiseSchedule schedule, NoiseLevel level) {
    if (schedule instanceof Exploding exploding) {
      return time(exploding.base(), level);
    }
    if (schedule.isDiscrete()) {
      return schedule instanceof TimedSchedule timed
          ? timed.clock.applyAsDouble(level.time())
          : level.time();
    }
    return level.signal() == 0
        ? schedule.at(schedule.first()).time()
        : schedule.atRatio(Ratios.of(level)).time();
  }

  @Override
  public NoiseLevel at(double position) {
    NoiseLevel level = base.at(position);
    return new NoiseLevel(
        level.signal(), level.noise(), clock.applyAsDouble(position), level.inputScale());
  }

  @Override
  public String toString() {
    return base + "." + clockName;
  }
}
