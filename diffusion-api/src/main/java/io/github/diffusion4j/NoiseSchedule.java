package io.github.diffusion4j;

import java.util.Objects;
import java.util.function.DoubleUnaryOperator;

/**
 * Which noise level belongs to which position.
 *
 * <p>A position is a place on the path from noise to image: a training step {@code 0 … T−1} for
 * discrete schedules, a number in [0, 1] for rectified flow, σ where noise is only added. Noise
 * grows with the position. What the network is told is the level's {@link NoiseLevel#time() time},
 * which {@link #timed} changes.
 *
 * <p>Schedules are immutable and may be shared between threads.
 */
public interface NoiseSchedule {

  /**
   * The level at a position.
   *
   * @param position in {@code [last(), first()]}; whole for a discrete schedule
   * @return the level
   * @throws IllegalArgumentException if the position is out of range, or not whole though the
   *     schedule is discrete
   */
  NoiseLevel at(double position);

  /** The position with the most noise, where sampling from noise starts. */
  double first();

  /** The position of the clean image. */
  double last();

  /** Whether only whole positions have a level. */
  boolean isDiscrete();

  /** The name and the numbers of this schedule, for the settings of a run. */
  @Override
  String toString();

  /**
   * The straight path {@code x = (1 − p)·clean + p·ε} for positions p in [0, 1] (Liu et al. 2022;
   * Lipman et al. 2022).
   *
   * <p>The network is told {@code 1 − p}, which runs from 0 at noise to 1 at the image, as in the
   * CS180 course; {@code timed(1000, 0)} is the clock of diffusers' flow models.
   *
   * @return the schedule
   */
  static NoiseSchedule rectifiedFlow() {
    return new RectifiedFlow();
  }

  /**
   * Noise added to the image as it is: {@code x = clean + σ·ε} at position σ (Song et al. 2021,
   * "variance exploding"; the CS180 course's part B 1). The network is told σ.
   *
   * @param largest the largest σ, above 0 and finite
   * @return the schedule with positions 0 to {@code largest}
   * @throws IllegalArgumentException if the value is out of range
   */
  static NoiseSchedule varianceExploding(double largest) {
    return new VarianceExploding(largest);
  }

  /**
   * DDPM's schedule: β grows linearly (Ho et al. 2020).
   *
   * @param steps T, the number of training steps, in [1, 1,000,000]
   * @param first β of step 0, in (0, 1)
   * @param last β of step T−1, in (0, 1)
   * @return the schedule with positions 0 to T−1 and −1 for the clean image; the network is told
   *     the position
   * @throws IllegalArgumentException if a value is out of range
   */
  static NoiseSchedule linear(int steps, double first, double last) {
    return DiscreteSchedule.linear(steps, first, last);
  }

  /**
   * Stable Diffusion's schedule: √β grows linearly (Rombach et al. 2022).
   *
   * @param steps T, the number of training steps, in [1, 1,000,000]
   * @param first β of step 0, in (0, 1)
   * @param last β of step T−1, in (0, 1)
   * @return the schedule with positions 0 to T−1 and −1 for the clean image; the network is told
   *     the position
   * @throws IllegalArgumentException if a value is out of range
   */
  static NoiseSchedule scaledLinear(int steps, double first, double last) {
    return DiscreteSchedule.scaledLinear(steps, first, last);
  }

  /**
   * The cosine schedule with β at most 0.999, which diffusers calls {@code squaredcos_cap_v2}
   * (Nichol and Dhariwal 2021, equation 17).
   *
   * @param steps T, the number of training steps, in [1, 1,000,000]
   * @return the schedule with positions 0 to T−1 and −1 for the clean image; the network is told
   *     the position
   * @throws IllegalArgumentException if the number of steps is out of range
   */
  static NoiseSchedule squaredCosine(int steps) {
    return DiscreteSchedule.squaredCosine(steps);
  }

  /**
   * The schedule of a name, as {@link #toString()} gives it: {@code rectifiedFlow}, {@code
   * varianceExploding(1.0)}, {@code edm(0.002, 80.0, 0.5)}, {@code linear(1000, 1.0E-4, 0.02)},
   * {@code scaledLinear(1000, 8.5E-4, 0.012)}, {@code squaredCosine(1000)} or {@code
   * trigonometric}; those of T steps with or without {@code .zeroTerminalSnr}, all with or without
   * a clock: {@code rectifiedFlow.timed(1000.0, 0.0)}.
   *
   * @param name the name
   * @return the schedule
   * @throws IllegalArgumentException if there is none of that name
   */
  static NoiseSchedule named(String name) {
    return ScheduleNames.parse(Objects.requireNonNull(name, "name"));
  }

  /**
   * The same schedule with another clock: at position p the network is told {@code factor·p +
   * offset}. On T steps, {@code timed(1.0 / T, 1.0 / T)} is the CS180 course's clock of DDPM, t/T
   * with t from 1.
   *
   * @param factor a finite number
   * @param offset a finite number
   * @return the changed schedule, which {@link #named} can read back
   * @throws IllegalArgumentException if a number is not finite
   */
  default NoiseSchedule timed(double factor, double offset) {
    return TimedSchedule.affine(this, factor, offset);
  }

  /**
   * The same schedule with any other clock. Its name cannot be read back, so networks with it can
   * be run, but not trained with checkpoints; {@link #timed(double, double)} can.
   *
   * @param clock the network's time at a position
   * @return the changed schedule
   */
  default NoiseSchedule timed(DoubleUnaryOperator clock) {
    return new TimedSchedule(this, Objects.requireNonNull(clock, "clock"), "timed");
  }

  /**
   * The level of a ratio of noise to signal, which need not be that of a position: on a discrete
   * schedule the time is interpolated along ln σ, as diffusers and k-diffusion do it.
   *
   * @param ratio σ = s/a, at least 0 and finite; beyond the ends of a discrete schedule the time is
   *     that of the end
   * @return the level
   * @throws IllegalArgumentException if the ratio is out of range
   */
  default NoiseLevel atRatio(double ratio) {
    return Ratios.level(this, ratio);
  }

  /**
   * The same schedule for images divided by their signal: {@code x/a = clean + σ·ε} with σ = s/a.
   * diffusers' and k-diffusion's Euler, Heun, LMS and KDPM2 work on these. The network sees the
   * same as before.
   *
   * @return the variance-exploding form; a position without signal has no level in it
   */
  default NoiseSchedule exploding() {
    return new Exploding(this);
  }

  /**
   * EDM's schedule: positions are σ themselves, the signal is 1 (Karras et al. 2022, table 1).
   *
   * @param least the least σ that is asked for, above 0
   * @param most the greatest σ, where sampling starts, above the least
   * @param dataDeviation σ_d, the standard deviation of the data, above 0
   * @return the schedule; the network is told {@code ln(σ)/4} and sees images times {@code 1/√(σ² +
   *     σ_d²)}
   * @throws IllegalArgumentException if a value is out of range
   */
  static NoiseSchedule edm(double least, double most, double dataDeviation) {
    return new Edm(least, most, dataDeviation);
  }

  /**
   * A variance-preserving schedule of T given steps.
   *
   * @param betas β of steps 0 to T−1, each in (0, 1)
   * @return the schedule with positions 0 to T−1 and −1 for the clean image; the network is told
   *     the position
   * @throws IllegalArgumentException if there is none or a value is out of range
   */
  static NoiseSchedule ofBetas(double... betas) {
    return DiscreteSchedule.ofBetas(betas);
  }

  /**
   * The same schedule without signal at its first position (Lin et al. 2023, algorithm 1).
   *
   * @return the rescaled schedule
   * @throws IllegalArgumentException if this is none of those that are made of β
   */
  default NoiseSchedule zeroTerminalSnr() {
    throw new IllegalArgumentException(
        "only schedules made of β are rescaled to zero terminal SNR, got " + this);
  }
}
