package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;

/**
 * Euler's method with noise added before the step but after the network was asked, as diffusers
 * does it: the network's answer serves for x̂ = x + √(σ̂² − σ²)·noise·z, σ̂ = (1 + γ)·σ, γ =
 * min(churn/n, √2 − 1) (after Karras et al. 2022, algorithm 2, which asks at σ̂).
 */
record ChurnedEuler(PredictionType type, Churn churn, double noise) implements Scheduler {

  ChurnedEuler {
    Checks.inRange(0, Double.MAX_VALUE, noise, "noise of the churn");
  }

  @Override
  public Move next(Step step) {
    NoiseLevel from = step.level();
    Checks.require(
        from.signal() == 1,
        () -> "churning needs a schedule with signal 1, such as exploding(), got " + from);
    double raised = churn.raised(from.noise(), step.count());
    if (raised == from.noise()) {
      return Scheduler.ddim().next(step);
    }
    double fresh = noise * Math.sqrt(raised * raised - from.noise() * from.noise());
    Tensor x = Tensors.mix(1, step.sample(), fresh, step.draw());
    Tensor clean = cleanOf(x, step, new NoiseLevel(1, raised, from.time(), from.inputScale()));
    double left = step.next().noise() / raised;
    return Move.to(Tensors.mix(left, x, 1 - left, clean));
  }

  /** diffusers takes σ̂ where a network predicts noise, σ for velocities. */
  private Tensor cleanOf(Tensor x, Step step, NoiseLevel raised) {
    Estimate estimate = step.estimate();
    Tensor prediction = type.target(estimate.clean(), estimate.noise(), step.level());
    NoiseLevel at = type == PredictionType.VELOCITY ? step.level() : raised;
    return type.split(x, prediction, at).clean();
  }

  @Override
  public String toString() {
    return "churnedEuler(" + churn + ", " + noise + ")";
  }
}
