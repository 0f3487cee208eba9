package io.github.diffusion4j;

import java.util.function.UnaryOperator;
import java.util.stream.DoubleStream;

/** What is common to the schedules of one path, whatever times their networks are told. */
final class Clocks {

  private static final double ROUNDING = 1e-9;

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

  /** The position of a ratio of noise to signal, which may be infinite; between whole ones too. */
  static double position(NoiseSchedule schedule, double ratio) {
    NoiseSchedule path = path(schedule);
    if (path instanceof ContinuousSchedule continuous) {
      return continuous.position(ratio);
    }
    if (ratio == Double.POSITIVE_INFINITY) {
      return path.first();
    }
    return path.isDiscrete() ? path.atRatio(ratio).time() : Ratios.below(path, ratio);
  }

  /**
   * Levels as a network is told them that was trained on the same path with another clock; those of
   * another path as they are.
   *
   * @param from the schedule of the levels, whose times may be rounded as a class of diffusers does
   * @param to the network's schedule
   */
  static UnaryOperator<NoiseLevel> told(NoiseSchedule from, NoiseSchedule to) {
    if (!isOnePath(from, to) || isOneClock(from, to)) {
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

  private static boolean isOneClock(NoiseSchedule one, NoiseSchedule other) {
    double last = Math.max(0, one.last());
    double way = one.first() - last;
    return DoubleStream.of(0.25, 0.5, 1)
        .map(share -> last + (one.isDiscrete() ? Math.floor(share * way) : share * way))
        .allMatch(
            position -> {
              double time = time(one, position);
              double gap = Math.abs(time - time(other, position));
              return gap <= ROUNDING * Math.max(1, Math.abs(time));
            });
  }

  private static double time(NoiseSchedule schedule, double position) {
    if (schedule instanceof TimedSchedule timed) {
      return timed.clock().applyAsDouble(position);
    }
    if (schedule instanceof Exploding exploding) {
      return time(exploding.base(), position);
    }
    return schedule instanceof DiscreteSchedule ? position : schedule.at(position).time();
  }
}
