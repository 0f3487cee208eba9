package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.List;

/**
 * The exact way between two levels for a part m that is a polynomial in λ, on which the exponential
 * integrators build (Lu et al. 2022b; Xue et al. 2023, proposition 4.2):
 *
 * <p>{@code x' = kept·x + ∫ size·e^(−rate·(h − u))·m(u) du + fresh·z} with u = 0 … h the rise of λ.
 *
 * <p>τ = 0 is the flow, τ = 1 the diffusion process. With m the clean images, rate is {@code 1 +
 * τ²} and size {@code rate·a'}; with m the noise, rate is −1 and size {@code −(1 + τ²)·s'}.
 *
 * @param from the level at the start
 * @param h the rise of λ
 * @param kept the factor of the images at the start
 * @param size the factor of the integral
 * @param rate how fast parts are forgotten
 * @param whole the integral for m = 1
 * @param fresh the deviation of the fresh noise
 */
record Exponential(
    NoiseLevel from, double h, double kept, double size, double rate, double whole, double fresh) {

  static Exponential between(NoiseLevel from, NoiseLevel to, boolean isData, double tau) {
    double square = tau * tau;
    double h = to.lambda() - from.lambda();
    double scaled = to.signal() / from.signal() * from.noise();
    if (!isData) {
      double kept = to.signal() / from.signal();
      double whole = (1 + square) * (to.noise() - scaled);
      double left = to.noise() / scaled;
      double fresh = tau * scaled * root(1 - left * left, tau);
      return new Exponential(from, h, kept, -(1 + square) * to.noise(), -1, whole, fresh);
    }
    double left = to.noise() / scaled;
    double rate = 1 + square;
    double kept = to.noise() / from.noise() * Math.pow(left, square);
    double whole = to.signal() * (1 - Math.pow(left, rate));
    double fresh = to.noise() * root(1 - Math.pow(left, 2 * square), tau);
    return new Exponential(from, h, kept, rate * to.signal(), rate, whole, fresh);
  }

  /**
   * The root of what is lost of the noise, which between equal levels may be below 0 by rounding.
   */
  private static double root(double square, double tau) {
    Checks.require(
        tau == 0 || square > -1e-9, () -> "a stochastic step must go towards less noise");
    return Math.sqrt(Math.max(0, square));
  }

  /** The weights of the parts for the polynomial through all of them. */
  double[] exact(List<Node> nodes) {
    if (nodes.size() == 1) {
      return new double[] {whole};
    }
    double[] places = nodes.stream().mapToDouble(this::place).toArray();
    return Lagrange.integrals(places, 0, h, this::density);
  }

  /** The weights for the line through two parts, one at the start, if m = u/h has this integral. */
  double[] line(List<Node> nodes, double slope) {
    int other = nodes.get(0).level().equals(from) ? 1 : 0;
    double weight = slope * h / place(nodes.get(other));
    double[] weights = {whole - weight, whole - weight};
    weights[other] = weight;
    return weights;
  }

  /** The weights for three parts if the second divided difference counts so much more. */
  double[] bent(List<Node> nodes, double more) {
    double[] weights = exact(nodes);
    for (int i = 0; i < 3; i++) {
      double place = place(nodes.get(i));
      double one = place(nodes.get((i + 1) % 3));
      double other = place(nodes.get((i + 2) % 3));
      weights[i] += more / ((place - one) * (place - other));
    }
    return weights;
  }

  /** The integral for m = u²/2. */
  double curvature() {
    return Lagrange.integral(0, h, u -> density(u) * u * u / 2);
  }

  private double density(double u) {
    return size * Math.exp(-rate * (h - u));
  }

  private double place(Node node) {
    return node.level().lambda() - from.lambda();
  }

  /** The way of x without the fresh noise. */
  LinearSum moved(Tensor x, List<Node> nodes, double[] weights) {
    return new LinearSum(kept, x).plus(weights, nodes);
  }
}
