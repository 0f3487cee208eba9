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
}
