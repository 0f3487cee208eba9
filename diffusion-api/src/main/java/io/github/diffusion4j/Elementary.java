package io.github.diffusion4j;

/**
 * Logarithm, sine, cosine and exponential by series in plain arithmetic, which Java computes alike
 * on every machine: as portable as {@link StrictMath}, several times faster, and within 3e-16 of
 * the size of the result. For the ranges that random numbers need.
 *
 * <p>Without branches: random numbers would send them the wrong way half of the time.
 */
final class Elementary {

  private static final double HALF_PI_HIGH = 0x1.921fb544p0;
  private static final double HALF_PI_LOW = 0x1.0b4611a626331p-34;
  private static final double LN2_HIGH = 0x1.62e42feep-1;
  private static final double LN2_LOW = 0x1.a39ef35793c76p-33;

  /** The bits of the least number above √½, where the fractions of logarithms begin. */
  private static final long ABOVE_SQRT_HALF = 0x3fe6a09e667f3bceL;

  private Elementary() {}

  /** The natural logarithm of a normal number above 0: of its fraction by the series of artanh. */
  static double log(double x) {
    long bits = Double.doubleToRawLongBits(x);
    int exponent = (int) ((bits - ABOVE_SQRT_HALF) >> 52);
    double fraction = Double.longBitsToDouble(bits - ((long) exponent << 52));
    double s = (fraction - 1) / (fraction + 1);
    double z = s * s;
    double series = 1.0 / 21;
    series = series * z + 1.0 / 19;
    series = series * z + 1.0 / 17;
    series = series * z + 1.0 / 15;
    series = series * z + 1.0 / 13;
    series = series * z + 1.0 / 11;
    series = series * z + 1.0 / 9;
    series = series * z + 1.0 / 7;
    series = series * z + 1.0 / 5;
    series = series * z + 1.0 / 3;
    return exponent * LN2_HIGH + (2 * s + (2 * s * z * series + exponent * LN2_LOW));
  }

  /** The sine of a number in [−7, 7]. */
  static double sin(double x) {
    int quarters = (int) Math.rint(x * (2 / Math.PI));
    double r = x - quarters * HALF_PI_HIGH - quarters * HALF_PI_LOW;
    return turned(quarters, r);
  }

  /** The cosine of a number in [−7, 7]. */
  static double cos(double x) {
    int quarters = (int) Math.rint(x * (2 / Math.PI));
    double r = x - quarters * HALF_PI_HIGH - quarters * HALF_PI_LOW;
    return turned(quarters + 1, r);
  }

  /** The sine of r and some right angles, |r| at most π/4. */
  private static double turned(int quarters, double r) {
    long sine = Double.doubleToRawLongBits(sineSeries(r));
    long cosine = Double.doubleToRawLongBits(cosineSeries(r));
    long value = sine ^ ((sine ^ cosine) & -(quarters & 1));
    long sign = (long) (quarters & 2) << 62;
    return Double.longBitsToDouble(value ^ sign);
  }

  private static double sineSeries(double r) {
    double z = r * r;
    double series = -1.0 / 1307674368000L;
    series = series * z + 1.0 / 6227020800L;
    series = series * z - 1.0 / 39916800;
    series = series * z + 1.0 / 362880;
    series = series * z - 1.0 / 5040;
    series = series * z + 1.0 / 120;
    series = series * z - 1.0 / 6;
    return r + r * z * series;
  }

  private static double cosineSeries(double r) {
    double z = r * r;
    double series = 1.0 / 20922789888000L;
    series = series * z - 1.0 / 87178291200L;
    series = series * z + 1.0 / 479001600;
    series = series * z - 1.0 / 3628800;
    series = series * z + 1.0 / 40320;
    series = series * z - 1.0 / 720;
    series = series * z + 1.0 / 24;
    return 1 - 0.5 * z + z * z * series;
  }

  /** The exponential of a number in [−700, 700]. */
  static double exp(double x) {
    double twos = Math.rint(x / (LN2_HIGH + LN2_LOW));
    double r = x - twos * LN2_HIGH - twos * LN2_LOW;
    double series = 1.0 / 6227020800L;
    series = series * r + 1.0 / 479001600;
    series = series * r + 1.0 / 39916800;
    series = series * r + 1.0 / 3628800;
    series = series * r + 1.0 / 362880;
    double fraction = fraction(r, series);
    return fraction * Double.longBitsToDouble((long) (twos + 1023) << 52);
  }

  /** The exponential of a number in [−2, 2] to 1e-14, in a third of the time: of its sixteenth. */
  static double expNearZero(double x) {
    double r = x / 16;
    double root = fraction(r, 1.0 / 362880);
    double second = root * root;
    double fourth = second * second;
    double eighth = fourth * fourth;
    return eighth * eighth;
  }

  /** The exponential's series up to r⁸, of what the terms behind it come to, over r⁹. */
  private static double fraction(double r, double rest) {
    double series = rest;
    series = series * r + 1.0 / 40320;
    series = series * r + 1.0 / 5040;
    series = series * r + 1.0 / 720;
    series = series * r + 1.0 / 120;
    series = series * r + 1.0 / 24;
    series = series * r + 1.0 / 6;
    series = series * r + 0.5;
    return 1 + (r + r * r * series);
  }
}
