package io.github.diffusion4j.samples.jmh;

import io.github.diffusion4j.Conditioning;
import io.github.diffusion4j.Estimate;
import io.github.diffusion4j.Guidance;
import io.github.diffusion4j.Moment;
import io.github.diffusion4j.Noise;
import io.github.diffusion4j.NoiseLevel;
import io.github.diffusion4j.NoiseSchedule;
import io.github.diffusion4j.Past;
import io.github.diffusion4j.Plan;
import io.github.diffusion4j.Scheduler;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Spacing;
import io.github.diffusion4j.Step;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.Timeline;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** A step in the middle of a run, with all of the history that its scheduler reads. */
final class Steps {

  /** Odd and the last of a group of two and of three, so that it is each method's dearest step. */
  private static final int INDEX = 17;

  private static final int STEPS = 30;
  private static final NoiseSchedule SCHEDULE = NoiseSchedule.linear(1000, 1e-4, 0.02);

  private static final Map<String, Scheduler> SCHEDULERS =
      Map.ofEntries(
          Map.entry("ddim", Scheduler.ddim()),
          Map.entry("ddimEta", Scheduler.ddim(0.5)),
          Map.entry("eulerAncestral", Scheduler.eulerAncestral()),
          Map.entry("ddpmSmall", Scheduler.ddpm(Scheduler.Variance.SMALL)),
          Map.entry("ddpmLarge", Scheduler.ddpm(Scheduler.Variance.LARGE)),
          Map.entry("ddpmLearned", Scheduler.ddpm(Scheduler.Variance.LEARNED)),
          Map.entry("heun", Scheduler.heun()),
          Map.entry("kdpm2", Scheduler.kdpm2()),
          Map.entry("kdpm2Ancestral", Scheduler.kdpm2Ancestral()),
          Map.entry("lms4", Scheduler.lms(4)),
          Map.entry("deis3", Scheduler.deis(3)),
          Map.entry("pndm", Scheduler.pndm()),
          Map.entry("plms", Scheduler.plms()),
          Map.entry("ipndm", Scheduler.ipndm()),
          Map.entry("dpmSolver2", Scheduler.dpmSolver(2)),
          Map.entry("dpmSolver3", Scheduler.dpmSolver(3)),
          Map.entry("dpmSolver2Sde", Scheduler.dpmSolver(2).stochastic()),
          Map.entry("dpmSolver3Single", Scheduler.dpmSolver(3).singlestep()),
          Map.entry("uniPc2", Scheduler.uniPc(2)),
          Map.entry("uniPc3", Scheduler.uniPc(3)),
          Map.entry("saSolver22", Scheduler.saSolver(2, 2)),
          Map.entry("lcm", Scheduler.lcm()),
          Map.entry("tcd", Scheduler.tcd(SCHEDULE, 0.3)),
          Map.entry("renoising", Scheduler.renoising()));

  private final Scheduler scheduler;
  private final Step step;
  private final Plan thresholding;

  private Steps(Scheduler scheduler, Step step, Plan thresholding) {
    this.scheduler = scheduler;
    this.step = step;
    this.thresholding = thresholding;
  }

  /** A step of a scheduler on images of a shape, with noise from a source. */
  static Steps of(String name, String sizes, Supplier<Tensor> draws) {
    Scheduler scheduler = SCHEDULERS.get(name);
    Noise.Stream values = Noise.perImage(1).stream(shape(sizes));
    Timeline timeline = scheduler.expand(Spacing.trailing().timeline(SCHEDULE, STEPS));
    List<NoiseLevel> levels = timeline.levels();
    List<Past> history = new ArrayList<>();
    for (int back = 1; back <= scheduler.memory(); back++) {
      Past past =
          new Past(
              levels.get(INDEX - back), values.next(), estimate(values), List.of(values.next()));
      history.add(past);
    }
    Tensor x = values.next();
    NoiseLevel level = levels.get(INDEX);
    Step step =
        Step.of(x, level, timeline.targets().get(INDEX), estimate(values), history, draws)
            .at(INDEX, timeline.steps());
    Guidance thresholded = Guidance.of(Conditioning.none()).thresholded(0.995, 1.5);
    return new Steps(scheduler, step, thresholded.plan(Moment.of(x, level, INDEX)));
  }

  static Shape shape(String sizes) {
    String[] parts = sizes.split("x", -1);
    int size = Integer.parseInt(parts[1]);
    return Shape.images(1, Integer.parseInt(parts[0]), size, size);
  }

  private static Estimate estimate(Noise.Stream values) {
    Tensor variance = values.next().clamp(-1, 1);
    return Estimate.of(values.next(), values.next()).withVariance(variance);
  }

  Tensor made() {
    return scheduler.next(step).next();
  }

  /** With dynamic thresholding of the estimate before. */
  Tensor thresholded() {
    Estimate estimate = thresholding.merge().apply(List.of(step.estimate()));
    Step again =
        Step.of(step.sample(), step.level(), step.next(), estimate, step.history(), step::draw)
            .at(step.index(), step.count());
    return scheduler.next(again).next();
  }
}
