package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * Ancestral sampling from the posterior of the forward process.
 *
 * @param variance which variance
 * @param isNoisyEnd whether a step to the clean image adds noise too, unless it comes from position
 *     0, as diffusers' does
 * @param betas β between two levels, as far as a class of diffusers rounds it in its own way; else
 *     it is computed of the levels
 */
record Ddpm(
    Variance variance,
    boolean isNoisyEnd,
    BiFunction<NoiseLevel, NoiseLevel, Optional<Double>> betas)
    implements Scheduler {

  /** What diffusers takes for the logarithm of a variance that is 0. */
  private static final double LEAST_VARIANCE = 1e-20;

  @Override
  public Move next(Step step) {
    NoiseLevel from = step.level();
    NoiseLevel to = step.next();
    double ratio = from.signal() / to.signal();
    double present = from.noise() * from.noise();
    double next = to.noise() * to.noise();
    Optional<Double> known = betas.apply(from, to);
    double beta = known.orElse(present - ratio * ratio * next);
    Checks.require(
        beta > 0, () -> "DDPM needs a step towards less noise, got " + from + " to " + to);
    double clean = to.signal() * beta / present;
    double x = known.map(b -> Math.sqrt(1 - b)).orElse(ratio) * next / present;
    if (next == 0 && !(isNoisyEnd && from.time() > 0)) {
      return Move.to(Tensors.mix(clean, step.estimate().clean(), x, step.sample()));
    }
    double small = Math.max(beta * next / present, LEAST_VARIANCE);
    if (variance == Variance.LEARNED) {
      return Move.to(noised(clean, x, step, small, beta));
    }
    double fresh = Math.sqrt(variance == Variance.SMALL ? small : beta);
    return Move.to(
        Tensors.weightedSum(
            new double[] {clean, x, fresh},
            List.of(step.estimate().clean(), step.sample(), step.draw())));
  }

  /** The mean, and noise of the deviation that the network's v says for each value. */
  private static Tensor noised(double clean, double x, Step step, double small, double large) {
    Tensor v =
        step.estimate()
            .variance()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "the learned variance needs a network that gives one (twice the channels),"
                            + " got an estimate without"));
    step.sample().shape().checkEqual(v.shape());
    double middle = logVariance(small, large, 0) / 2;
    double slope = (logVariance(small, large, 1) - logVariance(small, large, -1)) / 4;
    Tensor draw = step.draw();
    draw.shape().checkEqual(v.shape());
    float[] noise = draw.values();
    float[] shares = v.values();
    float[] images = step.estimate().clean().values();
    float[] samples = step.sample().values();
    float[] next = new float[noise.length];
    boolean isNearZero = Math.abs(slope) * largest(shares) <= 2;
    double scale = Elementary.exp(middle);
    for (int i = 0; i < next.length; i++) {
      double deviation =
          isNearZero
              ? scale * Elementary.expNearZero(slope * shares[i])
              : Elementary.exp(middle + slope * shares[i]);
      next[i] = (float) (clean * images[i] + x * samples[i] + deviation * noise[i]);
    }
    return Tensor.wrap(v.shape(), next);
  }

  private static double largest(float[] values) {
    float largest = 0;
    for (float value : values) {
      float size = Math.abs(value);
      largest = size > largest ? size : largest;
    }
    return largest;
  }

  static double logVariance(double small, double large, double v) {
    double share = (v + 1) / 2;
    return share * Math.log(large) + (1 - share) * Math.log(Math.max(small, LEAST_VARIANCE));
  }

  @Override
  public String toString() {
    return "ddpm(" + variance + (isNoisyEnd ? ", noisy end" : "") + ")";
  }
}
