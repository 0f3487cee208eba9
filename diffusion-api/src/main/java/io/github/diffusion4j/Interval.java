package io.github.diffusion4j;

/** A part of a run, for guidance that does not act in all of it. A pure function. */
@FunctionalInterface
public interface Interval {

  /**
   * Whether the next question belongs to it.
   *
   * @param now the run before the step
   * @return whether it does
   */
  boolean contains(Moment now);

  /**
   * Where the noise σ, relative to the image, is in {@code (low, high]} (Kynkäänniemi et al. 2024,
   * section 3). On any path {@code x = a·clean + s·ε} it is {@code σ = s/a}, infinite where there
   * is no signal; so the interval does not depend on the schedule or the number of steps.
   *
   * @param low the greatest σ below it, at least 0
   * @param high the greatest σ of it, above {@code low}; infinite for all of the noise
   * @return the interval
   * @throws IllegalArgumentException if the values are not in order
   */
  static Interval ofNoise(double low, double high) {
    return new Intervals.OfNoise(low, high);
  }

  /**
   * Where the number i of steps made is {@code ⌊start·n⌋ ≤ i < ⌊stop·n⌋}, of n steps of the run;
   * diffusers' {@code start} and {@code stop} of its guiders.
   *
   * @param start the share of the run before it, in [0, 1]
   * @param stop the share of the run until its end, above {@code start}, at most 1
   * @return the interval; it refuses moments of a run of unknown length by an {@link
   *     IllegalArgumentException}
   * @throws IllegalArgumentException if the values are out of range
   */
  static Interval ofSteps(double start, double stop) {
    return new Intervals.OfSteps(start, stop);
  }
}
