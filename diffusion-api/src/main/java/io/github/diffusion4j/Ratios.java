package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;

/** Finds levels by their ratio of noise to signal. */
final class Ratios {

  private Ratios() {}

  /** σ = s/a. */
  static double of(NoiseLevel level) {
    return level.noise() / level.signal();
  }

  static void requireSignal(NoiseLevel level, String scheduler) {
    Checks.require(
        level.signal() > 0,
        () ->
            scheduler
                + " needs signal at the first level, got "
                + level
                + "; start from a level with signal, as Spacing.karras(least, most) does");
  }

  static NoiseLevel level(NoiseSchedule schedule, double ratio) {
    Checks.inRange(0, Double.MAX_VALUE, ratio, "ratio of noise to signal");
    if (ratio == 0) {
      return schedule.at(schedule.last());
    }
    boolean isDiscrete = schedule.isDiscrete();
    Checks.require(
        isDiscrete || !(of(schedule.at(schedule.first())) * (1 + 1e-9) < ratio),
        () -> "ratio of noise to signal must be within " + schedule + ", got " + ratio);
    double below = below(schedule, ratio);
    return isDiscrete ? between(schedule, below, ratio) : schedule.at(below);
  }

  /** The greatest position but the first that has no greater ratio, else the least. */
  static double below(NoiseSchedule schedule, double ratio) {
    double low = schedule.isDiscrete() ? 0 : schedule.last();
    double high = schedule.first();
    while (true) {
      double half = (low + high) / 2;
      double middle = schedule.isDiscrete() ? Math.floor(half) : half;
      if (middle <= low || middle >= high) {
        return low;
      }
      if (of(schedule.at(middle)) <= ratio) {
        low = middle;
      } else {
        high = middle;
      }
    }
  }

  /** Between two whole positions, along ln σ; beyond the ends the time stays. */
  private static NoiseLevel between(NoiseSchedule schedule, double below, double ratio) {
    NoiseLevel less = schedule.at(below);
    NoiseLevel more = schedule.at(Math.min(below + 1, schedule.first()));
    double share = Clocks.share(less, more, ratio);
    double size = mixed(share, size(less), size(more));
    double signal = size / Math.hypot(1, ratio);
    return new NoiseLevel(
        signal,
        ratio * signal,
        mixed(share, less.time(), more.time()),
        mixed(share, less.inputScale(), more.inputScale()));
  }

  /** √(a² + s²), the deviation of noised noise. */
  static double size(NoiseLevel level) {
    return Math.hypot(level.signal(), level.noise());
  }

  private static double mixed(double share, double from, double to) {
    return from == to ? from : (1 - share) * from + share * to;
  }
}
