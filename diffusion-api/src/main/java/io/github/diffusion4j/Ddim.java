package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.List;

/** The same parts mixed anew. */
record Ddim(double eta) implements Scheduler {

  @Override
  public Move next(Step step) {
    NoiseLevel from = step.level();
    NoiseLevel to = step.next();
    Estimate estimate = step.estimate();
    if (eta == 0 || to.noise() == 0) {
      return Move.to(to.mix(estimate.clean(), estimate.noise()));
    }
    double kept = from.signal() * to.noise() / (to.signal() * from.noise());
    Checks.require(
        kept <= 1, () -> "η above 0 needs a step towards less noise, got " + from + " to " + to);
    double fresh = eta * to.noise() * Math.sqrt(1 - kept * kept);
    double old = Math.sqrt(to.noise() * to.noise() - fresh * fresh);
    return Move.to(
        Tensors.weightedSum(
            new double[] {to.signal(), old, fresh},
            List.of(estimate.clean(), estimate.noise(), step.draw())));
  }

  @Override
  public String toString() {
    return eta == 0 ? "ddim()" : "ddim(" + eta + ")";
  }
}
