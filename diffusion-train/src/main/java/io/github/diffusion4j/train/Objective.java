package io.github.diffusion4j.train;

import io.github.diffusion4j.NoiseLevel;
import io.github.diffusion4j.NoiseSchedule;
import io.github.diffusion4j.PredictionType;
import io.github.diffusion4j.internal.Checks;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a network learns: to predict {@code c₀·clean + c₁·ε} from {@code a·clean + s·ε} at levels
 * drawn from a path. The path is a {@link NoiseSchedule}, the prediction a {@link PredictionType},
 * both the ones that sampling uses.
 *
 * <p>A value: every method returns a changed copy.
 */
public final class Objective {

  private final NoiseSchedule schedule;
  private final PredictionType prediction;
  private final double lowest;
  private final double highest;
  private final LossWeighting weighting;

  private Objective(
      NoiseSchedule schedule,
      PredictionType prediction,
      double lowest,
      double highest,
      LossWeighting weighting) {
    this.schedule = schedule;
    this.prediction = prediction;
    this.lowest = lowest;
    this.highest = highest;
    this.weighting = weighting;
  }

  /**
   * Learning to predict on a path.
   *
   * @param schedule the path from noise to image; positions are drawn evenly from all of it
   * @param prediction what the network learns to predict
   * @return the objective
   */
  public static Objective of(NoiseSchedule schedule, PredictionType prediction) {
    Objects.requireNonNull(schedule, "schedule");
    Objects.requireNonNull(prediction, "prediction");
    double lowest = schedule.isDiscrete() ? 0 : schedule.last();
    return new Objective(schedule, prediction, lowest, schedule.first(), LossWeighting.uniform());
  }

  /**
   * Flow matching: the network predicts the way to the image, {@code clean − ε}, on the straight
   * path (Lipman et al. 2022; CS180 course, part B 2).
   *
   * @return the objective
   */
  public static Objective flowMatching() {
    return of(NoiseSchedule.rectifiedFlow(), PredictionType.FLOW_TO_DATA);
  }

  /**
   * DDPM as in the CS180 course of Fall 2024: β from 1e-4 to 0.02, the network predicts the noise
   * and is told t/T with t from 1 to T (Ho et al. 2020, algorithm 1). The fewer levels, the more is
   * left of the image at the last, where sampling begins with noise alone: a share of 0.006 of it
   * for T = 1000, 0.22 for 300, 0.36 for 200.
   *
   * @param steps T, the number of noise levels, in [1, 1,000,000]; the course's is 300
   * @return the objective
   * @throws IllegalArgumentException if the number is out of range
   */
  public static Objective ddpm(int steps) {
    return of(
        NoiseSchedule.linear(steps, 1e-4, 0.02).timed(1.0 / steps, 1.0 / steps),
        PredictionType.EPSILON);
  }

  /**
   * The single-step denoiser: the network predicts the clean image from {@code clean + σ·ε} (CS180
   * course, part B 1).
   *
   * @param lowest the least σ, at least 0
   * @param highest the greatest σ; the same as the least for one fixed level, else σ is drawn
   *     evenly between them for each image
   * @return the objective
   * @throws IllegalArgumentException if a value is out of range
   */
  public static Objective denoising(double lowest, double highest) {
    NoiseSchedule schedule = NoiseSchedule.varianceExploding(Math.max(1, highest));
    return of(schedule, PredictionType.CLEAN).positions(lowest, highest);
  }

  /**
   * The pure-noise denoiser: the network predicts the clean image from noise that knows nothing of
   * it, so the best that it can learn is the mean image (CS180 course, part B 1.2.3).
   *
   * @return the objective
   */
  public static Objective pureNoise() {
    return of(NoiseSchedule.rectifiedFlow(), PredictionType.CLEAN).positions(1, 1);
  }

  /**
   * This at some positions of its path alone, drawn evenly.
   *
   * @param lowest the least position
   * @param highest the greatest position, which may be the same
   * @return the changed objective
   * @throws IllegalArgumentException if the schedule has no such positions, or the first is the
   *     greater
   */
  public Objective positions(double lowest, double highest) {
    schedule.at(lowest);
    schedule.at(highest);
    Checks.require(
        lowest <= highest,
        () -> "lowest position must be at most the highest, got " + lowest + " and " + highest);
    return new Objective(schedule, prediction, lowest, highest, weighting);
  }

  /**
   * This with another weighting of the levels.
   *
   * @param weighting how much each counts
   * @return the changed objective
   */
  public Objective weighting(LossWeighting weighting) {
    Objects.requireNonNull(weighting, "weighting");
    return new Objective(schedule, prediction, lowest, highest, weighting);
  }

  /**
   * This with another target.
   *
   * @param prediction what the network learns to predict
   * @return the changed objective
   */
  public Objective prediction(PredictionType prediction) {
    Objects.requireNonNull(prediction, "prediction");
    return new Objective(schedule, prediction, lowest, highest, weighting);
  }

  /** The path from noise to image. */
  public NoiseSchedule schedule() {
    return schedule;
  }

  /** What the network learns to predict. */
  public PredictionType prediction() {
    return prediction;
  }

  /** How much each level counts. */
  public LossWeighting weighting() {
    return weighting;
  }

  /**
   * Checks that samples can be made of what is learnt.
   *
   * @throws IllegalArgumentException if the prediction does not tell image and noise apart at the
   *     noisiest level, and is to be learnt there
   */
  void checkIsAnswer() {
    if (highest < schedule.first()) {
      return;
    }
    NoiseLevel first = schedule.at(schedule.first());
    double found =
        first.signal() * prediction.noiseFactor(first)
            - first.noise() * prediction.cleanFactor(first);
    Checks.require(
        found != 0,
        () ->
            prediction
                + " must tell image and noise apart at position "
                + schedule.first()
                + " of "
                + schedule
                + ", where sampling begins: predict CLEAN, VELOCITY or FLOW, or train at lower"
                + " positions; got signal "
                + first.signal()
                + ", noise "
                + first.noise());
  }

  /** The level that an even draw from [0, 1) stands for. */
  NoiseLevel level(double uniform) {
    return schedule.at(
        schedule.isDiscrete()
            ? lowest + Math.floor(uniform * (highest - lowest + 1))
            : lowest + uniform * (highest - lowest));
  }

  void putInto(Map<String, Object> settings) {
    settings.put("schedule", schedule.toString());
    settings.put("prediction", prediction.toString());
    settings.put("positions", List.of(lowest, highest));
    settings.put("weighting", weighting.toString());
  }

  /** The objective of a checkpoint; the first format had the schedule and the target alone. */
  static Objective of(Settings settings) {
    Objective objective =
        of(
            NoiseSchedule.named(settings.text("schedule")),
            PredictionType.named(settings.text("prediction")));
    if (!settings.has("positions")) {
      return objective;
    }
    List<Double> positions = settings.numbers("positions");
    Checks.require(positions.size() == 2, () -> "positions must be two, got " + positions);
    return objective
        .positions(positions.get(0), positions.get(1))
        .weighting(LossWeighting.named(settings.text("weighting")));
  }

  @Override
  public String toString() {
    return prediction + " on " + schedule + " at [" + lowest + ", " + highest + "], " + weighting;
  }
}
