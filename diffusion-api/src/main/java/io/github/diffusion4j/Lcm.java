package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;

/**
 * Consistency sampling: jump to the clean images, put fresh noise on them (Song et al. 2023,
 * algorithm 1). With a scaling the clean images are those of a latent consistency model, which
 * keeps some of x near the end (Luo et al. 2023).
 *
 * @param scaling the factor on the time in the boundary condition, 0 for none
 */
record Lcm(double scaling) implements Scheduler {

  private static final double DATA_VARIANCE = 0.25;

  Lcm {
    Checks.inRange(0, 1e6, scaling, "timestep scaling");
  }

  @Override
  public Move next(Step step) {
    Tensor clean = step.estimate().clean();
    if (scaling > 0) {
      double time = step.level().time() * scaling;
      double whole = time * time + DATA_VARIANCE;
      clean = Tensors.mix(time / Math.sqrt(whole), clean, DATA_VARIANCE / whole, step.sample());
    }
    NoiseLevel to = step.next();
    return Move.to(to.noise() == 0 ? clean.times(to.signal()) : to.mix(clean, step.draw()));
  }

  @Override
  public String toString() {
    return scaling > 0 ? "lcm(" + scaling + ")" : "renoising";
  }
}
