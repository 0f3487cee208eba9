package io.github.diffusion4j;

import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** What is common to the schedules of one path, whatever times their networks are told. */
final class Clocks {

  private static final Pattern NAMELESS = Pattern.compile("\\.timed(?!\\()");

  private Clocks() {}

  /** The schedule without clocks of its own and without division by the signal. */
  static NoiseSchedule path(NoiseSchedule schedule) {
    if (schedule instanceof TimedSchedule timed) {
      return path(timed.base());
    }
    return schedule instanceof Exploding exploding ? path(exploding.base()) : schedule;
  }

  /**
   * Whether two schedules have the same levels, in either form and whatever they are sampled on.
   */
  static boolean isOnePath(NoiseSchedule one, NoiseSchedule other) {
    return pathName(one).equals(pathName(other));
  }

  private static String pathName(NoiseSchedule schedule) {
    NoiseSchedule path = path(schedule);
    return path instanceof Edm edm
        ? "edm " + edm.dataDeviation()
        : path.toString().replace(DiscreteSchedule.NEARLY, DiscreteSchedule.RESCALED);
  }

  /**
   * The position of a ratio of noise to signal from 0 to infinity; between whole ones along ln σ.
   */
  static double position(NoiseSchedule schedule, double ratio) {
    NoiseSchedule path = path(schedule);
    if (path instanceof ContinuousSchedule continuous) {
      return continuous.position(ratio);
    }
    if (ratio == 0 || ratio == Double.POSITIVE_INFINITY) {
      return ratio == 0 ? path.last() : path.first();
    }
    double below = Ratios.below(path, ratio);
    return path.isDiscrete() && below < path.first()
        ? below + share(path.at(below), path.at(below + 1), ratio)
        : below;
  }

  /** How far a ratio lies between two levels along ln σ, in [0, 1]. */
  static double share(NoiseLevel less, NoiseLevel more, double ratio) {
    double whole = Math.log(Ratios.of(more) / Ratios.of(less));
    return whole > 0 ? Math.max(0, Math.min(1, Math.log(ratio / Ratios.of(less)) / whole)) : 0;
  }

  /**
   * Levels as a network is told them that was trained on the same path with another clock; those of
   * another path as they are.
   *
   * @param from the schedule of the levels, whose times may be rounded as a class of diffusers does
   * @param to the network's schedule
   */
  static UnaryOperator<NoiseLevel> told(NoiseSchedule from, NoiseSchedule to) {
    if (isOne(from, to) || !isOnePath(from, to)) {
      return UnaryOperator.identity();
    }
    boolean hasPositions = isPlain(from);
    return level -> {
      double position = hasPositions ? level.time() : position(to, level.noise() / level.signal());
      return new NoiseLevel(level.signal(), level.noise(), time(to, position), level.inputScale());
    };
  }

  /** Whether the times of a schedule are its positions, the whole ones and those between. */
  private static boolean isPlain(NoiseSchedule schedule) {
    return schedule instanceof Exploding exploding
        ? isPlain(exploding.base())
        : schedule instanceof DiscreteSchedule;
  }

  /** Whether two schedules are known to be one; clocks that are any function have no name. */
  private static boolean isOne(NoiseSchedule one, NoiseSchedule other) {
    return one.equals(other)
        || (one.toString().equals(other.toString()) && !NAMELESS.matcher(one.toString()).find());
  }

  /** The time at a position; between whole ones those of both, in their shares. */
  private static double time(NoiseSchedule schedule, double position) {
    if (schedule instanceof Exploding exploding) {
      return time(exploding.base(), position);
    }
    double whole = schedule.isDiscrete() ? Math.floor(position) : position;
    double time = schedule.at(whole).time();
    return whole == position
        ? time
        : time + (position - whole) * (schedule.at(whole + 1).time() - time);
  }
}
