package io.github.diffusion4j.train;

/** Checks of arguments. */
final class Checks {

  private Checks() {}

  static int atLeast(int least, int value, String name) {
    if (value < least) {
      throw new IllegalArgumentException(name + " must be at least " + least + ", got " + value);
    }
    return value;
  }

  static double positive(double value, String name) {
    if (!(value > 0 && Double.isFinite(value))) {
      throw new IllegalArgumentException(name + " must be finite and above 0, got " + value);
    }
    return value;
  }
}
