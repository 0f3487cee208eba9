package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.List;

/** Ancestral sampling from the posterior of the forward process. */
record Ddpm(Variance variance) implements Scheduler {

  /** What diffusers takes for the logarithm of a variance that is 0. */
  private static final double LEAST_VARIANCE = 1e-20;

  @Override
  public Move next(Step step) {
    double ratio = step.level().signal() / step.next().signal();
    double present = square(step.level().noise());
    double next = square(step.next().noise());
    double beta = present - ratio * ratio * next;
    Checks.require(
        beta > 0,
        () ->
            "DDPM needs a step towards less noise, got noise "
                + step.level().noise()
                + " to "
                + step.next().noise());
    double clean = step.next().signal() * beta / present;
    double x = ratio * next / present;
    if (next == 0) {
      return Move.to(Tensors.mix(clean, step.estimate().clean(), x, step.sample()));
    }
    double small = beta * next / present;
    Tensor fresh =
        switch (variance) {
          case SMALL -> step.draw().times(Math.sqrt(small));
          case LARGE -> step.draw().times(Math.sqrt(beta));
          case LEARNED -> scaled(step.draw(), learned(step.estimate()), small, beta);
        };
    return Move.to(
        Tensors.weightedSum(
            new double[] {clean, x, 1}, List.of(step.estimate().clean(), step.sample(), fresh)));
  }

  private static Tensor learned(Estimate estimate) {
    return estimate
        .variance()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "the learned variance needs a network that gives one (twice the channels), got"
                        + " an estimate without"));
  }

  /** Noise times the deviation that the network's v says for each value. */
  private static Tensor scaled(Tensor noise, Tensor v, double small, double large) {
    noise.shape().checkEqual(v.shape());
    float[] values = noise.toArray();
    float[] shares = v.values();
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (values[i] * Math.exp(logVariance(small, large, shares[i]) / 2));
    }
    return Tensor.wrap(noise.shape(), values);
  }

  static double logVariance(double small, double large, double v) {
    double share = (v + 1) / 2;
    return share * Math.log(large) + (1 - share) * Math.log(Math.max(small, LEAST_VARIANCE));
  }

  private static double square(double value) {
    return value * value;
  }

  @Override
  public String toString() {
    return "ddpm(" + variance + ")";
  }
}
