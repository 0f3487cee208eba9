package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.Arrays;
import java.util.Optional;

/**
 * The random numbers of PyTorch's CPU generator: the same seed and the same calls in the same order
 * give what {@code torch.Generator().manual_seed(seed)} gives, whole numbers exactly and normal
 * numbers to 2e-6 (tested against PyTorch 2.13).
 *
 * <p>How many numbers are asked for at once matters, as it does in PyTorch: 16 and more normal
 * numbers come by another transform than fewer, and where their number is no multiple of 16 the
 * last 16 are drawn anew.
 *
 * <p>Not safe for several threads.
 */
public final class TorchGenerator {

  private static final int BLOCK = 16;
  private static final float TWO_PI = (float) (2 * Math.PI);

  private final MersenneTwister bits;
  private Optional<Double> kept = Optional.empty();

  private TorchGenerator(MersenneTwister bits) {
    this.bits = bits;
  }

  /**
   * A generator.
   *
   * @param seed any number, of which PyTorch uses the low 32 bits
   * @return the generator, before its first draw
   */
  public static TorchGenerator seeded(long seed) {
    return new TorchGenerator(new MersenneTwister(seed));
  }

  private long next32() {
    return bits.next() & 0xffffffffL;
  }

  private long next64() {
    long high = next32();
    return high << 32 | next32();
  }

  private float uniform() {
    return (bits.next() & 0xffffff) * 0x1p-24f;
  }

  private double uniformDouble() {
    return (next64() & 0x1fffffffffffffL) * 0x1p-53;
  }

  /**
   * {@code torch.rand(count)} of float32.
   *
   * @param count how many, at least 0
   * @return evenly distributed numbers in [0, 1)
   * @throws IllegalArgumentException if the count is negative
   */
  public float[] rand(int count) {
    float[] values = new float[Checks.atLeast(0, count, "count")];
    for (int i = 0; i < count; i++) {
      values[i] = uniform();
    }
    return values;
  }

  /**
   * {@code torch.randn(count)} of float32.
   *
   * @param count how many, at least 0
   * @return standard normal numbers
   * @throws IllegalArgumentException if the count is negative
   */
  public float[] randn(int count) {
    return count < BLOCK ? fewFloats(count) : normal(rand(count));
  }

  private float[] fewFloats(int count) {
    double[] few = few(count);
    float[] values = new float[few.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) few[i];
    }
    return values;
  }

  private float[] normal(float[] values) {
    for (int from = 0; from + BLOCK <= values.length; from += BLOCK) {
      toNormal(values, from);
    }
    if (values.length % BLOCK > 0) {
      int from = values.length - BLOCK;
      System.arraycopy(rand(BLOCK), 0, values, from, BLOCK);
      toNormal(values, from);
    }
    return values;
  }

  /** Box and Muller's transform (1958) of 16 even numbers, in float32 as PyTorch does it. */
  private static void toNormal(float[] values, int from) {
    for (int i = from; i < from + BLOCK / 2; i++) {
      float radius = (float) Math.sqrt(-2f * (float) Elementary.log(1 - values[i]));
      float angle = TWO_PI * values[i + BLOCK / 2];
      values[i] = radius * (float) Elementary.cos(angle);
      values[i + BLOCK / 2] = radius * (float) Elementary.sin(angle);
    }
  }

  /**
   * {@code torch.randn(count, dtype=torch.float16)}: the numbers of float32, rounded, which in rare
   * cases near the middle of two is the neighbour of PyTorch's; where their number is 16 or more
   * and no multiple of 16, the last 16 are others, as in PyTorch.
   *
   * @param count how many, at least 0
   * @return standard normal numbers that float16 can hold
   * @throws IllegalArgumentException if the count is negative
   */
  public float[] randnHalf(int count) {
    float[] values = halfBeforeRounding(count);
    for (int i = 0; i < count; i++) {
      values[i] = roundToHalf(values[i]);
    }
    return values;
  }

  float[] halfBeforeRounding(int count) {
    return count < BLOCK
        ? fewFloats(count)
        // PyTorch draws no even numbers here for those that the last 16 replace.
        : normal(Arrays.copyOf(rand(count - count % BLOCK), count));
  }

  /** To the nearest of float16, halves to even; the numbers here are far below its largest. */
  static float roundToHalf(float value) {
    // A float16 has 10 bits behind the first, the last of them at least 2^-24.
    double unit = Math.max(Math.scalb(1.0, Math.getExponent(value) - 10), 0x1p-24);
    return (float) (Math.rint(value / unit) * unit);
  }

  /**
   * {@code torch.randn(count, dtype=torch.float64)}, which are other numbers than those of float32.
   *
   * @param count how many, at least 0
   * @return standard normal numbers
   * @throws IllegalArgumentException if the count is negative
   */
  public double[] randnDouble(int count) {
    if (count < BLOCK) {
      return few(count);
    }
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = uniformDouble();
    }
    for (int from = 0; from + BLOCK <= count; from += BLOCK) {
      toNormal(values, from);
    }
    if (count % BLOCK > 0) {
      for (int i = count - BLOCK; i < count; i++) {
        values[i] = uniformDouble();
      }
      toNormal(values, count - BLOCK);
    }
    return values;
  }

  private static void toNormal(double[] values, int from) {
    for (int i = from; i < from + BLOCK / 2; i++) {
      double radius = Math.sqrt(-2 * Elementary.log(1 - values[i]));
      double angle = 2 * Math.PI * values[i + BLOCK / 2];
      values[i] = radius * Elementary.cos(angle);
      values[i + BLOCK / 2] = radius * Elementary.sin(angle);
    }
  }

  /** Fewer than 16 come in pairs, whose second the generator keeps for the next such call. */
  private double[] few(int count) {
    double[] values = new double[Checks.atLeast(0, count, "count")];
    for (int i = 0; i < count; i++) {
      if (kept.isPresent()) {
        values[i] = kept.get();
        kept = Optional.empty();
      } else {
        double angle = 2 * Math.PI * uniformDouble();
        double radius = Math.sqrt(-2 * StrictMath.log1p(-uniformDouble()));
        kept = Optional.of(radius * Elementary.sin(angle));
        values[i] = radius * Elementary.cos(angle);
      }
    }
    return values;
  }

  /**
   * {@code torch.randint(low, high, (count,))}.
   *
   * @param low the least number
   * @param high one more than the greatest, above {@code low}; the two may not be 2⁶³ or more apart
   * @param count how many, at least 0
   * @return evenly distributed numbers in {@code [low, high)}
   * @throws IllegalArgumentException if a value is out of range
   */
  public long[] randint(long low, long high, int count) {
    long range = high - low;
    Checks.require(
        high > low && range > 0,
        () -> "high must be above low by less than 2^63, got " + low + " and " + high);
    long[] values = new long[Checks.atLeast(0, count, "count")];
    for (int i = 0; i < count; i++) {
      values[i] = low + Long.remainderUnsigned(range < 1L << 28 ? next32() : next64(), range);
    }
    return values;
  }

  /**
   * {@code torch.randperm(count)}.
   *
   * @param count how many, in [0, 200,000,000]
   * @return the numbers 0 to {@code count − 1} in random order
   * @throws IllegalArgumentException if the count is out of range
   */
  public int[] randperm(int count) {
    int[] values = new int[Checks.inRange(0, 200_000_000, count, "count")];
    for (int i = 0; i < count; i++) {
      values[i] = i;
    }
    for (int i = 0; i < count - 1; i++) {
      int other = i + (int) (next32() % (count - i));
      int value = values[i];
      values[i] = values[other];
      values[other] = value;
    }
    return values;
  }
}
