package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.List;

/**
 * Trajectory consistency: DDIM to a level with less noise than the next one has, and fresh noise up
 * to it (Zheng et al. 2024, strategic stochastic sampling).
 *
 * @param schedule the discrete schedule, whose network is told the position
 * @param gamma η, the share of the way to the end that is overshot
 */
record Tcd(NoiseSchedule schedule, double gamma) implements Scheduler {

  Tcd {
    Checks.inRange(0, 1, gamma, "η");
    Checks.require(
        schedule.isDiscrete() && schedule.at(schedule.first()).time() == schedule.first(),
        () -> "TCD needs a discrete schedule that tells positions, got " + schedule);
  }

  @Override
  public Move next(Step step) {
    NoiseLevel to = step.next();
    if (gamma == 0 || step.index() == step.count() - 1 || to.time() < 0) {
      return Scheduler.ddim().next(step);
    }
    Checks.require(
        to.equals(schedule.at(to.time())),
        () -> "TCD needs levels of " + schedule + " at whole positions, got " + to);
    NoiseLevel over = schedule.at(Math.floor((1 - gamma) * to.time()));
    double share = to.signal() / over.signal();
    double fresh = Math.sqrt(Math.max(0, 1 - share * share));
    return Move.to(
        Tensors.weightedSum(
            new double[] {share * over.signal(), share * over.noise(), fresh},
            List.of(step.estimate().clean(), step.estimate().noise(), step.draw())));
  }

  @Override
  public String toString() {
    return "tcd(" + schedule + ", " + gamma + ")";
  }
}
