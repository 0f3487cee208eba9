package io.github.diffusion4j.image;

/** Checks of arguments; every message holds the value and its range. */
final class Checks {

  private Checks() {}

  static void require(boolean ok, String message) {
    if (!ok) {
      throw new IllegalArgumentException(message);
    }
  }

  static int inRange(int low, int high, int value, String name) {
    require(
        value >= low && value <= high,
        name + " must be in [" + low + ", " + high + "], got " + value);
    return value;
  }
}
