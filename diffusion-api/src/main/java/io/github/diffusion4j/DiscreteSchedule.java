package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.function.IntToDoubleFunction;

/**
 * A variance-preserving schedule of T steps, made of its β.
 *
 * <p>β and 1−β are rounded to float32; the running product is accumulated in double and rounded to
 * float32 at each entry. So the table equals torch's bit for bit.
 */
final class DiscreteSchedule implements NoiseSchedule {

  private static final int MOST_STEPS = 1_000_000;

  private final String name;
  private final double[] alphaBar;

  private DiscreteSchedule(String name, int steps, IntToDoubleFunction beta) {
    this.name = name;
    this.alphaBar = new double[Checks.inRange(1, MOST_STEPS, steps, "steps")];
    double product = 1;
    for (int i = 0; i < steps; i++) {
      product *= 1f - (float) beta.applyAsDouble(i);
      alphaBar[i] = (float) product;
    }
  }

  static DiscreteSchedule linear(int steps, double first, double last) {
    checkBetas(first, last);
    return new DiscreteSchedule(
        "linear(" + steps + ", " + first + ", " + last + ")",
        steps,
        i -> linspace((float) first, (float) last, steps, i));
  }

  static DiscreteSchedule scaledLinear(int steps, double first, double last) {
    checkBetas(first, last);
    float low = (float) Math.sqrt(first);
    float high = (float) Math.sqrt(last);
    return new DiscreteSchedule(
        "scaledLinear(" + steps + ", " + first + ", " + last + ")",
        steps,
        i -> {
          float root = linspace(low, high, steps, i);
          return root * root;
        });
  }

  static DiscreteSchedule squaredCosine(int steps) {
    return new DiscreteSchedule(
        "squaredCosine(" + steps + ")",
        steps,
        i -> Math.min(1 - cosine(i + 1, steps) / cosine(i, steps), 0.999));
  }

  private static void checkBetas(double first, double last) {
    Checks.require(first > 0 && first < 1, () -> "first β must be in (0, 1), got " + first);
    Checks.require(last > 0 && last < 1, () -> "last β must be in (0, 1), got " + last);
  }

  /** As torch does it: from the nearer end, in float32. */
  private static float linspace(float low, float high, int count, int index) {
    float step = (high - low) / (count - 1);
    if (count == 1) {
      return low;
    }
    return index < count / 2
        ? Math.fma(step, index, low)
        : Math.fma(-step, count - 1 - index, high);
  }

  private static double cosine(int index, int steps) {
    double c = StrictMath.cos(((double) index / steps + 0.008) / 1.008 * Math.PI / 2);
    return c * c;
  }

  @Override
  public NoiseLevel at(double position) {
    Checks.require(
        position >= -1 && position <= first() && position == Math.rint(position),
        () -> "position must be whole and in [-1, " + (int) first() + "], got " + position);
    double kept = position < 0 ? 1 : alphaBar[(int) position];
    return NoiseLevel.of(Math.sqrt(kept), Math.sqrt(1 - kept), position);
  }

  @Override
  public double first() {
    return alphaBar.length - 1;
  }

  @Override
  public double last() {
    return -1;
  }

  @Override
  public boolean isDiscrete() {
    return true;
  }

  @Override
  public String toString() {
    return name;
  }
}
