package io.github.diffusion4j.internal;

import java.util.function.Supplier;

/**
 * Checks of arguments; every message holds the value and its range. Messages are made when they are
 * needed, because many checks run at every step.
 */
public final class Checks {

  private Checks() {}

  /**
   * Checks anything.
   *
   * @param ok whether all is well
   * @param message what must be and what was got
   * @throws IllegalArgumentException if not
   */
  public static void require(boolean ok, Supplier<String> message) {
    if (!ok) {
      throw new IllegalArgumentException(message.get());
    }
  }

  /**
   * Checks a least value.
   *
   * @param least the least that is allowed
   * @param value the value
   * @param name its name
   * @return the value
   * @throws IllegalArgumentException if it is less
   */
  public static int atLeast(int least, int value, String name) {
    require(value >= least, () -> name + " must be at least " + least + ", got " + value);
    return value;
  }

  /**
   * Checks a range of whole numbers.
   *
   * @param low the least that is allowed
   * @param high the greatest that is allowed
   * @param value the value
   * @param name its name
   * @return the value
   * @throws IllegalArgumentException if it is outside
   */
  public static int inRange(int low, int high, int value, String name) {
    require(
        value >= low && value <= high,
        () -> name + " must be in [" + low + ", " + high + "], got " + value);
    return value;
  }

  /**
   * Checks a range; NaN is outside of all.
   *
   * @param low the least that is allowed
   * @param high the greatest that is allowed
   * @param value the value
   * @param name its name
   * @return the value
   * @throws IllegalArgumentException if it is outside
   */
  public static double inRange(double low, double high, double value, String name) {
    require(
        value >= low && value <= high,
        () -> name + " must be in [" + low + ", " + high + "], got " + value);
    return value;
  }

  /**
   * Checks that a number is one.
   *
   * @param value the value
   * @param name its name
   * @return the value
   * @throws IllegalArgumentException if it is NaN or infinite
   */
  public static double finite(double value, String name) {
    require(Double.isFinite(value), () -> name + " must be finite, got " + value);
    return value;
  }

  /**
   * Checks that a number is finite and above 0.
   *
   * @param value the value
   * @param name its name
   * @return the value
   * @throws IllegalArgumentException if it is not
   */
  public static double positive(double value, String name) {
    require(
        value > 0 && Double.isFinite(value),
        () -> name + " must be finite and above 0, got " + value);
    return value;
  }

  /**
   * Checks that numbers fall strictly; NaN does not.
   *
   * @param values the numbers
   * @param name what they are, a plural
   * @throws IllegalArgumentException if one is not less than that before it
   */
  public static void falling(double[] values, String name) {
    for (int i = 1; i < values.length; i++) {
      double before = values[i - 1];
      double value = values[i];
      require(
          value < before, () -> name + " must fall strictly, got " + before + " before " + value);
    }
  }
}
