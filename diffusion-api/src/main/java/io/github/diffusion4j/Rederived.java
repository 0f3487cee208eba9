package io.github.diffusion4j;

import java.util.List;

/** A guidance whose noise is computed anew from x and the corrected clean images. */
record Rederived(Guidance guidance) implements Guidance {

  @Override
  public Plan plan(Moment now) {
    return Plan.join(List.of(guidance.plan(now)), answers -> rederived(now, answers.get(0)));
  }

  private static Estimate rederived(Moment now, Estimate estimate) {
    NoiseLevel level = now.level();
    if (level.noise() == 0) {
      return estimate;
    }
    Tensor noise =
        Tensors.mix(
            1 / level.noise(), now.sample(), -level.signal() / level.noise(), estimate.clean());
    return estimate.withNoise(noise);
  }

  @Override
  public int memory() {
    return guidance.memory();
  }

  @Override
  public String toString() {
    return guidance + ".rederived";
  }
}
