package io.github.diffusion4j.pipeline;

import io.github.diffusion4j.Guidance;
import io.github.diffusion4j.PredictionType;
import io.github.diffusion4j.Sampling;
import io.github.diffusion4j.Scheduler;
import io.github.diffusion4j.Scheduler.Variance;
import io.github.diffusion4j.SchedulerConfig;
import io.github.diffusion4j.Spacing;
import io.github.diffusion4j.internal.Checks;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Which way a run goes: the places that it visits, the method by which it moves, and what is done
 * to every estimate.
 *
 * <p>A value.
 *
 * @param name what it is called in the settings of a request
 * @param spacing which positions the steps visit
 * @param scheduler how to move between them
 * @param correction what is done to the guidance, such as thresholding
 * @param prediction what the network must predict; none if it may be anything
 */
public record Loop(
    String name,
    Spacing spacing,
    Scheduler scheduler,
    UnaryOperator<Guidance> correction,
    Optional<PredictionType> prediction) {

  /** Checks the parts. */
  public Loop {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(spacing, "spacing");
    Objects.requireNonNull(scheduler, "scheduler");
    Objects.requireNonNull(correction, "correction");
    Objects.requireNonNull(prediction, "prediction");
  }

  /**
   * A loop without correction.
   *
   * @param spacing which positions the steps visit
   * @param scheduler how to move between them
   * @return the loop
   */
  public static Loop of(Spacing spacing, Scheduler scheduler) {
    return new Loop("plain", spacing, scheduler, UnaryOperator.identity(), Optional.empty());
  }

  /**
   * The loop of a configuration of diffusers.
   *
   * @param config the configuration
   * @return the loop, for a network that was trained on the configuration's schedule and predicts
   *     what the configuration says; pipelines of others refuse it
   */
  public static Loop of(SchedulerConfig config) {
    return new Loop(
        config.name() + config.correction(),
        config.spacing(),
        config.scheduler(),
        config::correct,
        Optional.of(config.prediction()));
  }

  /**
   * The loop of the CS180 course, part A: positions 990, 960, …, 0, so 33 steps of which the last
   * adds noise too; DDPM with the learned variance; clean images are not clipped.
   *
   * @return the loop, for schedules of 1000 steps and networks with a learned variance
   */
  public static Loop course() {
    return new Loop(
        "course",
        Spacing.strided(30),
        Scheduler.ddpm(Variance.LEARNED),
        UnaryOperator.identity(),
        Optional.empty());
  }

  /**
   * The loop of diffusers' pipelines for DeepFloyd IF: leading positions, DDPM with the learned
   * variance, dynamic thresholding at ratio 0.95, a last step without noise.
   *
   * @param most the greatest threshold: 1.5 in stage I, 1 in stage II
   * @return the loop, for discrete schedules and networks with a learned variance
   * @throws IllegalArgumentException if the threshold is below 1
   */
  public static Loop deepFloydIf(double most) {
    Checks.require(
        most >= 1 && Double.isFinite(most),
        () -> "greatest threshold must be at least 1 and finite, got " + most);
    return new Loop(
        "deepFloydIf(" + most + ")",
        Spacing.leading(0),
        Scheduler.ddpm(Variance.LEARNED),
        guidance -> guidance.thresholded(0.95, most),
        Optional.empty());
  }

  /**
   * The same loop over other positions.
   *
   * @param spacing which positions the steps visit
   * @return the changed loop
   */
  public Loop spacing(Spacing spacing) {
    return new Loop(name, spacing, scheduler, correction, prediction);
  }

  /**
   * The same loop by another method.
   *
   * @param scheduler how to move between the positions
   * @return the changed loop
   */
  public Loop scheduler(Scheduler scheduler) {
    return new Loop(name, spacing, scheduler, correction, prediction);
  }

  Sampling on(Sampling request) {
    Sampling on =
        request
            .spacing(spacing)
            .scheduler(scheduler)
            .guidance(correction.apply(request.guidance()));
    return prediction.map(on::predicting).orElse(on);
  }

  @Override
  public String toString() {
    return name + " (" + spacing + ", " + scheduler + ")";
  }
}
