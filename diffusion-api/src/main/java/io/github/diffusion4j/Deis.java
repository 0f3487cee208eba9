package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.List;

/** The exponential integrator of order 1 to 3 on the noise, with polynomials in ln σ = −λ. */
record Deis(int order, boolean lowerOrderFinal) implements Scheduler {

  Deis {
    Checks.inRange(1, 3, order, "solver order");
  }

  @Override
  public int memory() {
    return order - 1;
  }

  @Override
  public Move next(Step step) {
    if (step.level().signal() == 0) {
      return Scheduler.ddim().next(step);
    }
    int most = DpmSolver.order(step, order, lowerOrderFinal);
    List<Node> nodes = Node.latest(Node.of(step, false), most);
    Exponential way = Exponential.between(step.level(), step.next(), false, 0);
    return Move.to(way.moved(step.sample(), nodes, way.exact(nodes), step::draw));
  }

  @Override
  public String toString() {
    return "deis(" + order + (lowerOrderFinal ? "" : ", full order at the end") + ")";
  }
}
