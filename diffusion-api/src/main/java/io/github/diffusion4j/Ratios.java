package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.List;

/** Finds levels by their ratio of noise to signal. */
final class Ratios {

  private static final int HALVINGS = 200;

  private Ratios() {}

  /** σ = s/a. */
  static double of(NoiseLevel level) {
    return level.noise() / level.signal();
  }

  /** How many of the last steps started at levels with signal: others have no σ and no λ. */
  static int finite(List<Past> history) {
    int count = 0;
    while (count < history.size() && history.get(count).level().signal() > 0) {
      count++;
    }
    return count;
  }

  static NoiseLevel level(NoiseSchedule schedule, double ratio) {
    Checks.require(
        ratio >= 0 && Double.isFinite(ratio),
        () -> "ratio of noise to signal must be finite and at least 0, got " + ratio);
    if (ratio == 0) {
      return schedule.at(schedule.last());
    }
    return schedule.isDiscrete() ? between(schedule, ratio) : search(schedule, ratio);
  }

  /** Between two whole positions, along ln σ; beyond the ends the time stays. */
  private static NoiseLevel between(NoiseSchedule schedule, double ratio) {
    int low = 0;
    int high = (int) schedule.first();
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      if (of(schedule.at(middle)) <= ratio) {
        low = middle;
      } else {
        high = middle;
      }
    }
    NoiseLevel less = schedule.at(low);
    NoiseLevel more = schedule.at(high);
    double whole = Math.log(of(more) / of(less));
    double share = whole > 0 ? Math.max(0, Math.min(1, Math.log(ratio / of(less)) / whole)) : 0;
    double size = mixed(share, size(less), size(more));
    double signal = size / Math.hypot(1, ratio);
    return new NoiseLevel(
        signal,
        ratio * signal,
        mixed(share, less.time(), more.time()),
        mixed(share, less.inputScale(), more.inputScale()));
  }

  private static double size(NoiseLevel level) {
    return Math.hypot(level.signal(), level.noise());
  }

  private static double mixed(double share, double from, double to) {
    return from == to ? from : (1 - share) * from + share * to;
  }

  private static NoiseLevel search(NoiseSchedule schedule, double ratio) {
    double low = schedule.last();
    double high = schedule.first();
    Checks.require(
        !(of(schedule.at(high)) < ratio),
        () -> "ratio of noise to signal must be within " + schedule + ", got " + ratio);
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (low + high) / 2;
      if (of(schedule.at(middle)) <= ratio) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return schedule.at(low);
  }
}
