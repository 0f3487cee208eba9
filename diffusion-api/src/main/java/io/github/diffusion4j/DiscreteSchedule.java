package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntToDoubleFunction;

/**
 * A variance-preserving schedule of T steps, made of its β.
 *
 * <p>β and 1−β are rounded to float32; the running product is accumulated in double and rounded to
 * float32 at each entry. So the table equals torch's bit for bit.
 */
final class DiscreteSchedule implements NoiseSchedule {

  private static final int MOST_STEPS = 1_000_000;

  /** What diffusers' σ-space schedulers put for no signal, 2^-24, so that σ is finite. */
  private static final double NEXT_TO_NO_SIGNAL = 0x1p-24;

  static final String RESCALED = ".zeroTerminalSnr";
  static final String NEARLY = ".nearlyZeroTerminalSnr";

  private final String name;
  private final double[] alphaBar;
  private final IntToDoubleFunction betas;

  private DiscreteSchedule(String name, double[] alphaBar, IntToDoubleFunction betas) {
    this.name = name;
    this.alphaBar = alphaBar;
    this.betas = betas;
  }

  private DiscreteSchedule(String name, int steps, IntToDoubleFunction beta) {
    this(name, products(Checks.inRange(1, MOST_STEPS, steps, "steps"), beta), beta);
  }

  private static double[] products(int steps, IntToDoubleFunction beta) {
    double[] products = new double[steps];
    double product = 1;
    for (int i = 0; i < steps; i++) {
      product *= 1f - (float) beta.applyAsDouble(i);
      products[i] = (float) product;
    }
    return products;
  }

  static DiscreteSchedule ofBetas(double... given) {
    double[] betas = given.clone();
    for (int i = 0; i < betas.length; i++) {
      double beta = betas[i];
      int step = i;
      Checks.require(
          beta > 0 && beta < 1, () -> "β of step " + step + " must be in (0, 1), got " + beta);
    }
    double[] products =
        products(Checks.inRange(1, MOST_STEPS, betas.length, "steps"), i -> betas[i]);
    // Of the table, so that β in float32 and in decimals are one schedule.
    String digest = Integer.toHexString(Arrays.hashCode(products));
    return new DiscreteSchedule(
        "betas(" + betas.length + ", " + digest + ")", products, i -> betas[i]);
  }

  /** β grows as a sigmoid does from −6 to 6, in float32 as torch computes it. */
  static DiscreteSchedule sigmoid(int steps, double first, double last) {
    checkBetas(first, last);
    return new DiscreteSchedule(
        "sigmoid(" + steps + ", " + first + ", " + last + ")",
        steps,
        i -> {
          float share = (float) (1 / (1 + Math.exp(-linspace(-6f, 6f, steps, i))));
          return share * (float) (last - first) + (float) first;
        });
  }

  /** β from a function of the share of steps whose values fall as ᾱ does, at most 0.999. */
  static DiscreteSchedule ofAlphaBar(String name, int steps, DoubleUnaryOperator alphaBar) {
    return new DiscreteSchedule(
        name + "(" + steps + ")",
        steps,
        i ->
            Math.min(
                1
                    - alphaBar.applyAsDouble((i + 1.0) / steps)
                        / alphaBar.applyAsDouble((double) i / steps),
                0.999));
  }

  @Override
  public DiscreteSchedule zeroTerminalSnr() {
    int steps = alphaBar.length;
    Checks.require(steps > 1, () -> "zero terminal SNR needs more than one step, got " + this);
    float first = (float) Math.sqrt((float) alphaBar[0]);
    float last = (float) Math.sqrt((float) alphaBar[steps - 1]);
    Checks.require(first > last, () -> "zero terminal SNR needs a signal that falls, got " + this);
    float scale = first / (first - last);
    float[] squares = new float[steps];
    for (int i = 0; i < steps; i++) {
      float root = ((float) Math.sqrt((float) alphaBar[i]) - last) * scale;
      squares[i] = root * root;
    }
    return new DiscreteSchedule(
        name + RESCALED, steps, i -> 1f - (i == 0 ? squares[0] : squares[i] / squares[i - 1]));
  }

  /** The same with 2^-24 in place of the last ᾱ. */
  DiscreteSchedule nearlyZeroTerminalSnr() {
    DiscreteSchedule exact = zeroTerminalSnr();
    double[] products = exact.alphaBar.clone();
    products[products.length - 1] = NEXT_TO_NO_SIGNAL;
    return new DiscreteSchedule(name + NEARLY, products, exact.betas);
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
    return ofAlphaBar("squaredCosine", steps, DiscreteSchedule::cosine);
  }

  private static void checkBetas(double first, double last) {
    Checks.require(first > 0 && first < 1, () -> "first β must be in (0, 1), got " + first);
    Checks.require(last > 0 && last < 1, () -> "last β must be in (0, 1), got " + last);
  }

  /** As torch does it: from the nearer end, in float32. */
  static float linspace(float low, float high, int count, int index) {
    float step = (high - low) / (count - 1);
    if (count == 1) {
      return low;
    }
    return index < count / 2
        ? Math.fma(step, index, low)
        : Math.fma(-step, count - 1 - index, high);
  }

  private static double cosine(double share) {
    double c = StrictMath.cos((share + 0.008) / 1.008 * Math.PI / 2);
    return c * c;
  }

  /**
   * β between two levels of this schedule in float32, which near the clean image differs in the
   * fourth digit from that of the levels: 1 − ᾱ/ᾱ', or β of the list between neighbours.
   */
  Optional<Double> beta(NoiseLevel from, NoiseLevel to, boolean isListed) {
    if (!has(from) || !has(to)) {
      return Optional.empty();
    }
    boolean isNext = to.time() == from.time() - 1;
    float kept = kept((int) from.time());
    float before = to.time() < 0 ? 1 : kept((int) to.time());
    return Optional.of(
        isListed && isNext
            ? (double) (float) betas.applyAsDouble((int) from.time())
            : (double) (1 - kept / before));
  }

  private boolean has(NoiseLevel level) {
    double time = level.time();
    return time >= -1 && time <= first() && time == Math.rint(time) && level.equals(at(time));
  }

  /** ᾱ of a position, which is a float32. */
  float kept(int position) {
    return (float) alphaBar[position];
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
