package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.List;

/** Ancestral sampling from the posterior of the forward process. */
record Ddpm(Variance variance) implements Scheduler {

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
      return Move.to(Tensor.mix(clean, step.estimate().clean(), x, step.sample()));
    }
    double fresh = Math.sqrt(variance == Variance.SMALL ? beta * next / present : beta);
    return Move.to(
        Tensor.weightedSum(
            new double[] {clean, x, fresh},
            List.of(step.estimate().clean(), step.sample(), step.draw())));
  }

  private static double square(double value) {
    return value * value;
  }

  @Override
  public String toString() {
    return "ddpm(" + variance + ")";
  }
}
