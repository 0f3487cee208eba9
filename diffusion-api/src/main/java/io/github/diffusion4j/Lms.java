package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.List;

/**
 * Adams–Bashforth along σ = s/a: {@code x'/a' = x/a + Σ Cⱼ·εⱼ} with Cⱼ the integral over σ of
 * Lagrange's polynomial through the last levels.
 */
record Lms(int order) implements Scheduler {

  Lms {
    Checks.inRange(1, 4, order, "solver order");
  }

  @Override
  public Move next(Step step) {
    if (step.level().signal() == 0) {
      return Scheduler.ddim().next(step);
    }
    List<Node> nodes = Node.latest(Node.of(step, false), order);
    double[] sigmas = nodes.stream().mapToDouble(node -> Ratios.of(node.level())).toArray();
    double signal = step.next().signal();
    double[] weights =
        Lagrange.integrals(sigmas, sigmas[0], Ratios.of(step.next()), sigma -> signal);
    double kept = signal / step.level().signal();
    return Move.to(new LinearSum(kept, step.sample()).plus(weights, nodes).sum());
  }

  @Override
  public int memory() {
    return order - 1;
  }

  @Override
  public String toString() {
    return "lms(" + order + ")";
  }
}
