package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.Arrays;

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
   * @return strictly falling positions
   * @throws IllegalArgumentException if this spacing cannot make so many steps on this schedule
   */
  double[] positions(NoiseSchedule schedule, int steps);

  /**
   * The number of steps of a run that does not say one.
   *
   * @param schedule the schedule
   * @return 50, if a spacing does not know better
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
    return Timeline.of(schedule, positions(schedule, steps));
  }

  /**
   * Equal steps from the noisiest position to the image: on rectified flow {@code 1, (n−1)/n, …,
   * 0}, with 1000 training steps and n = 20 {@code 999, 949, …, 49, −1}.
   *
   * @return the spacing
   */
  static Spacing trailing() {
    return Spacings.TRAILING;
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
    return new Spacings.Leading(Checks.atLeast(0, offset, "offset"));
  }

  /**
   * n positions evenly from the noisiest to 0, rounded, then the image (where n = 1, position 0, as
   * in diffusers): with 1000 training steps and n = 20 {@code 999, 946, …, 53, 0, −1}.
   *
   * @return the spacing, for discrete schedules
   */
  static Spacing linspace() {
    return Spacings.LINSPACE;
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
    for (int i = 1; i < positions.length; i++) {
      double before = positions[i - 1];
      double position = positions[i];
      Checks.require(
          position < before,
          () -> "positions must fall strictly, got " + before + " before " + position);
    }
    return new Spacings.Listed(Arrays.stream(positions).boxed().toList());
  }
}
