package io.github.diffusion4j;

import java.util.ArrayList;
import java.util.List;

/**
 * What a multistep method knows of one level.
 *
 * @param level the level
 * @param part what the method puts together: the clean images or the noise there
 */
record Node(NoiseLevel level, Tensor part) {

  /** The present level and those before it, the last one first, as far back as all have a λ. */
  static List<Node> of(Step step, boolean isData) {
    List<Node> nodes = new ArrayList<>(List.of(of(step.level(), step.estimate(), isData)));
    for (Past past : step.history()) {
      if (past.level().signal() == 0) {
        break;
      }
      nodes.add(of(past.level(), past.estimate(), isData));
    }
    return nodes;
  }

  private static Node of(NoiseLevel level, Estimate estimate, boolean isData) {
    return new Node(level, isData ? estimate.clean() : estimate.noise());
  }

  /** At most so many of the latest ones. */
  static List<Node> latest(List<Node> nodes, int most) {
    return nodes.subList(0, Math.min(most, nodes.size()));
  }
}
