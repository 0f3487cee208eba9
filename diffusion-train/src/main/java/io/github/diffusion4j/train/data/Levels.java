package io.github.diffusion4j.train.data;

import io.github.diffusion4j.internal.Checks;

/** Levels of brightness from 0 to 255, kept as unsigned bytes. */
final class Levels {

  private static final float WHITE = 255f;

  private Levels() {}

  /**
   * Copies levels as floats in [0, 1].
   *
   * @param levels where from
   * @param first the place of the first
   * @param count how many
   * @param into where to
   * @param offset the place of the first value
   * @throws IllegalArgumentException if there is no room for them
   */
  static void copy(byte[] levels, int first, int count, float[] into, int offset) {
    checkRoom(count, into, offset);
    for (int i = 0; i < count; i++) {
      into[offset + i] = (levels[first + i] & 0xff) / WHITE;
    }
  }

  /** Checks that so many values fit into an array from an offset on. */
  static void checkRoom(int count, float[] into, int offset) {
    Checks.require(
        offset >= 0 && offset <= into.length - count,
        () ->
            "offset must leave room for "
                + count
                + " values in an array of "
                + into.length
                + ", got "
                + offset);
  }

  /** The levels nearest to values in [0, 1]. */
  static byte[] of(float[] values) {
    byte[] levels = new byte[values.length];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = (byte) Math.round(WHITE * values[i]);
    }
    return levels;
  }
}
