package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;

/**
 * How to move from one noise level to the next.
 *
 * <p>Schedulers are pure: what a method must remember is in the step's history, randomness is in
 * the step's draws. So one scheduler serves any number of runs and threads.
 */
@FunctionalInterface
public interface Scheduler {

  /**
   * Makes one step.
   *
   * @param step where the run is, what the images are thought to be made of, where to go
   * @return the images at the next level
   * @throws IllegalArgumentException if this scheduler cannot make a step between these levels
   */
  Move next(Step step);

  /**
   * How many past steps this scheduler reads.
   *
   * @return at least 0
   */
  default int memory() {
    return 0;
  }

  /**
   * Mixes the same parts at the next level: {@code a'·clean + s'·noise} (Song et al. 2020, equation
   * 12 with σ = 0). On a straight path this is Euler's method, on a variance-exploding one too.
   *
   * @return the scheduler, without randomness
   */
  static Scheduler ddim() {
    return ddim(0);
  }

  /**
   * Mixes the same parts at the next level, part of the noise replaced by fresh noise z (Song et
   * al. 2020, equation 12, written for any path): {@code a'·clean + √(s'² − u²)·noise + u·z} with
   * {@code u² = η²·s'²·(1 − (a·s'/(a'·s))²)}.
   *
   * <p>Six published methods are this rule: DDIM; with η = 1 on a variance-preserving path DDPM
   * with the small variance; Euler and, with η = 1, Euler ancestral on a variance-exploding path;
   * flow-matching Euler on the straight path; DPM-Solver++ of order 1.
   *
   * @param eta η, the share of fresh noise, in [0, 1]
   * @return the scheduler; it draws once at every step to a level with noise if η is above 0
   * @throws IllegalArgumentException if η is out of range
   */
  static Scheduler ddim(double eta) {
    return new Ddim(Checks.inRange(0, 1, eta, "η"));
  }

  /**
   * Euler's method on the flow from noise to image, another name of {@link #ddim()}.
   *
   * @return the scheduler
   */
  static Scheduler euler() {
    return ddim(0);
  }

  /**
   * Euler's method with ancestral noise, another name of {@link #ddim(double) ddim(1)}.
   *
   * @return the scheduler
   */
  static Scheduler eulerAncestral() {
    return ddim(1);
  }

  /**
   * Ancestral sampling: the mean of the forward process's posterior, and noise of the given
   * variance (Ho et al. 2020, equations 6 and 7, written for any path): with {@code β = s² −
   * (a/a')²·s'²} the mean is {@code a'·β/s²·clean + (a/a')·s'²/s²·x}.
   *
   * @param variance which variance
   * @return the scheduler; it draws once at every step to a level with noise. With {@link
   *     Variance#LEARNED} it refuses an estimate without variance by an {@link
   *     IllegalArgumentException}
   */
  static Scheduler ddpm(Variance variance) {
    return new Ddpm(variance);
  }

  /** The variance of DDPM's steps (Ho et al. 2020, section 3.2). */
  enum Variance {
    /** The posterior's own, {@code β·s'²/s²}; diffusers' {@code fixed_small}. */
    SMALL,
    /** β; diffusers' {@code fixed_large}, and what the course's algorithm B.2 uses. */
    LARGE,
    /**
     * Between the two, value by value, as the network says by its output v in [−1, 1]: {@code log
     * σ² = (v + 1)/2·log β + (1 − v)/2·log(the small one)} (Nichol and Dhariwal 2021, equation 15);
     * diffusers' {@code learned_range}, and what the course's {@code add_variance} does. For
     * networks with a learned variance only.
     */
    LEARNED
  }
}
