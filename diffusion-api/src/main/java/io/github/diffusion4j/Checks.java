package io.github.diffusion4j;

import java.util.function.Supplier;

/** Checks of arguments; every message holds the value and its range. */
final class Checks {

  private Checks() {}

  static void require(boolean ok, String message) {
    if (!ok) {
      throw new IllegalArgumentException(message);
    }
  }

  /** For places that run at every step, where the message would cost more than the check. */
  static void require(boolean ok, Supplier<String> message) {
    if (!ok) {
      throw new IllegalArgumentException(message.get());
    }
  }

  static int atLeast(int least, int value, String name) {
    require(value >= least, () -> name + " must be at least " + least + ", got " + value);
    return value;
  }

  static double inRange(double low, double high, double value, String name) {
    require(
        value >= low && value <= high,
        () -> name + " must be in [" + low + ", " + high + "], got " + value);
    return value;
  }

  static double finite(double value, String name) {
    require(Double.isFinite(value), () -> name + " must be finite, got " + value);
    return value;
  }

  static void sameShape(Tensor a, Tensor b) {
    require(
        a.shape().equals(b.shape()),
        () -> "shapes must be equal, got " + a.shape() + " and " + b.shape());
  }
}
