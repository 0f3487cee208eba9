package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.Arrays;
import java.util.Optional;

/**
 * Which positions of a schedule a run of n steps visits.
 *
 * <p>The names are diffusers'; see Lin et al. 2023, table 2, for what they mean. Spacings are pure
 * values.
 */
@FunctionalInterface
public interface Spacing {

  /**
   * The positions of a run.
   *
   * @param schedule the schedule
   * @param steps the number of steps, at least 1
   * @return {@code steps + 1} strictly falling positions, of each step and of the end
   * @throws IllegalArgumentException if this spacing cannot make so many steps on this schedule
   */
  double[] positions(NoiseSchedule schedule, int steps);

  /**
   * The number of steps of a run that does not say one.
   *
   * @param schedule the schedule
   * @return 50, if a spacing does not know better; trailing, leading and linspace make no more than
   *     a discrete schedule has
   */
  default int steps(NoiseSchedule schedule) {
    return 50;
  }

  /**
   * The levels of a run.
   *
   * @param schedule the schedule
   * @param steps the number of steps, at least 1
   * @return the timeline
   * @throws IllegalArgumentException if this spacing cannot make so many steps on this schedule
   */
  default Timeline timeline(NoiseSchedule schedule, int steps) {
    double[] positions = positions(schedule, steps);
    Checks.require(
        positions.length == steps + 1,
        () -> this + " spacing must give " + (steps + 1) + " positions, got " + positions.length);
    return Timeline.of(schedule, positions);
  }

  /**
   * Equal steps from the noisiest position to the image: on rectified flow {@code 1, (n−1)/n, …,
   * 0}, with 1000 training steps and n = 20 {@code 999, 949, …, 49, −1}.
   *
   * @return the spacing
   */
  static Spacing trailing() {
    return new Spacings.Even("trailing", 0);
  }

  /**
   * Multiples of ⌊T/n⌋ from below, then the image: with 1000 training steps and n = 20 {@code 950,
   * 900, …, 0, −1}. It visits the noisiest position only where n = T.
   *
   * @param offset added to every position but the last, at least 0 (Stable Diffusion: 1)
   * @return the spacing, for discrete schedules
   * @throws IllegalArgumentException if the offset is negative
   */
  static Spacing leading(int offset) {
    return new Spacings.Even("leading", Checks.atLeast(0, offset, "offset"));
  }

  /**
   * n positions evenly from the noisiest to 0, rounded, then the image (where n = 1, position 0, as
   * in diffusers): with 1000 training steps and n = 20 {@code 999, 946, …, 53, 0, −1}.
   *
   * @return the spacing, for discrete schedules
   */
  static Spacing linspace() {
    return new Spacings.Even("linspace", 0);
  }

  /**
   * Multiples of a stride that end at position 0, without a last step to the image, as in the CS180
   * course: with 1000 training steps and stride 30 {@code 990, 960, …, 30, 0}, which are 33 steps.
   *
   * @param stride the distance of two positions, at least 1
   * @return the spacing, for discrete schedules; it makes ⌊(T−1)/stride⌋ steps and no others
   * @throws IllegalArgumentException if the stride is below 1
   */
  static Spacing strided(int stride) {
    return new Spacings.Strided(Checks.atLeast(1, stride, "stride"));
  }

  /**
   * A list of one's own, then the image.
   *
   * @param positions strictly falling, at least one
   * @return the spacing; it makes one step from each position and no other number
   * @throws IllegalArgumentException if there is none, or they do not fall
   */
  static Spacing of(double... positions) {
    Checks.require(positions.length > 0, () -> "a spacing has at least one position, got none");
    Checks.finite(positions[0], "position");
    Checks.falling(positions, "positions");
    return new Spacings.Listed(Arrays.stream(positions).boxed().toList());
  }

  /**
   * σ from the greatest to the least, evenly in {@code σ^(1/7)} (Karras et al. 2022, equation 5),
   * then the clean image. The ends are those of the schedule.
   *
   * @return the spacing, for discrete schedules and EDM's
   */
  static Spacing karras() {
    return new Curved(Curve.KARRAS, Optional.empty());
  }

  /**
   * {@link #karras()} between given ends.
   *
   * @param least the least σ = s/a before the clean image, above 0
   * @param most the greatest, above the least
   * @return the spacing
   * @throws IllegalArgumentException if a value is out of range
   */
  static Spacing karras(double least, double most) {
    return new Curved(Curve.KARRAS, Optional.of(new Curved.Ends(least, most)));
  }

  /**
   * σ from the greatest to the least, evenly in ln σ, then the clean image.
   *
   * @return the spacing, for discrete schedules and EDM's
   */
  static Spacing exponential() {
    return new Curved(Curve.EXPONENTIAL, Optional.empty());
  }

  /**
   * {@link #exponential()} between given ends.
   *
   * @param least the least σ = s/a before the clean image, above 0
   * @param most the greatest, above the least
   * @return the spacing
   * @throws IllegalArgumentException if a value is out of range
   */
  static Spacing exponential(double least, double most) {
    return new Curved(Curve.EXPONENTIAL, Optional.of(new Curved.Ends(least, most)));
  }

  /**
   * σ by the quantiles of a beta distribution with both parameters 0.6, which is dense at both ends
   * (Lee et al. 2024), then the clean image.
   *
   * @return the spacing, for discrete schedules and EDM's
   */
  static Spacing beta() {
    return new Curved(Curve.BETA, Optional.empty());
  }

  /**
   * Levels by their ratios of noise to signal.
   *
   * @param sigmas σ = s/a, strictly falling, of each step and of the end, which is 0 for the clean
   *     image
   * @return the spacing; it makes one step less than there are values and no other number
   * @throws IllegalArgumentException if there are less than two, or they do not fall
   */
  static Spacing ofSigmas(double... sigmas) {
    return new Spacings.Ratioed(Arrays.stream(sigmas).boxed().toList());
  }

  /**
   * The same places, each asked at σ̂ = (1 + γ)·σ with γ = min(churn/n, √2 − 1), for which the loop
   * adds noise before the network is asked (Karras et al. 2022, algorithm 2; k-diffusion's {@code
   * s_churn}).
   *
   * @param churn at least 0
   * @param least the least σ that is raised, at least 0
   * @param most the greatest σ that is raised, at least the least
   * @return the changed spacing
   * @throws IllegalArgumentException if a value is out of range
   */
  default Spacing churned(double churn, double least, double most) {
    return new Churned(this, new Churn(churn, least, most));
  }

  /**
   * The same places with jumps back: after each {@code length} steps the images are noised again by
   * so many and denoised anew, until every part was passed {@code times} times (RePaint, Lugmayr et
   * al. 2022, algorithm 1). For inpainting, with {@link Projection#inpaint} and a scheduler without
   * history.
   *
   * @param length the number of steps of a jump, at least 1; 10 in the paper
   * @param times how often each part is passed, at least 1; 10 in the paper
   * @return the changed spacing
   * @throws IllegalArgumentException if a value is out of range
   */
  default Spacing resampled(int length, int times) {
    return new Resampled(this, length, times);
  }
}
