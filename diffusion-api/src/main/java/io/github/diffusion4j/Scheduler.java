package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

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
   * The levels at which this scheduler asks the network, if they are others than those of the
   * request: methods of several stages ask more than once for each step of it.
   *
   * @param timeline the levels of the request, from where it starts
   * @return the levels to go through
   * @throws IllegalArgumentException if this scheduler cannot go through these levels
   */
  default Timeline expand(Timeline timeline) {
    return timeline;
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
    return new Ddpm(
        Objects.requireNonNull(variance, "variance"), false, (from, to) -> Optional.empty());
  }

  /**
   * Heun's method, the trapezoidal rule: asks at the end of each Euler step and goes again with the
   * mean (Karras et al. 2022, algorithm 1). Order 2, two network calls a step but one for the last.
   *
   * @return the scheduler
   */
  static Scheduler heun() {
    return TwoStage.HEUN;
  }

  /**
   * The midpoint rule along ln σ, {@code dpm_2} of k-diffusion. Order 2, two network calls a step
   * but one for the last.
   *
   * @return the scheduler
   */
  static Scheduler kdpm2() {
    return TwoStage.KDPM2;
  }

  /**
   * {@link #kdpm2()} with ancestral noise, {@code dpm_2_ancestral} of k-diffusion.
   *
   * @return the scheduler; it draws once for each step of two calls
   */
  static Scheduler kdpm2Ancestral() {
    return TwoStage.KDPM2_ANCESTRAL;
  }

  /**
   * Linear multistep: Adams–Bashforth in σ = s/a, with coefficients of the spacing at hand.
   *
   * @param order in [1, 4]; the first steps are of lower order
   * @return the scheduler
   * @throws IllegalArgumentException if the order is out of range
   */
  static Scheduler lms(int order) {
    return new Lms(order);
  }

  /**
   * DEIS: Adams–Bashforth in σ with polynomials in ln σ (Zhang and Chen 2022, ρAB with log ρ).
   *
   * @param order in [1, 3]; the first steps, and the last of less than 15, are of lower order
   * @return the scheduler
   * @throws IllegalArgumentException if the order is out of range
   */
  static Scheduler deis(int order) {
    return new DpmSolver(order, Traits.NONE.with(Traits.Trait.DEIS, true));
  }

  /**
   * PNDM: Adams–Bashforth of order 4 with equal weights after three steps by the Runge–Kutta
   * method, which cost four network calls each (Liu et al. 2022).
   *
   * @return the scheduler, for runs of at least four steps
   */
  static Scheduler pndm() {
    return new Pndm(Pndm.Start.RUNGE_KUTTA, false);
  }

  /**
   * PNDM whose first step is made twice in place of the Runge–Kutta method: Stable Diffusion's
   * first sampler, {@code skip_prk_steps} in diffusers. One network call more than steps.
   *
   * @return the scheduler
   */
  static Scheduler plms() {
    return new Pndm(Pndm.Start.TWICE, false);
  }

  /**
   * PNDM that starts with lower orders (Zhang and Chen 2022, iPNDM).
   *
   * @return the scheduler
   */
  static Scheduler ipndm() {
    return new Pndm(Pndm.Start.LOWER, false);
  }

  /**
   * DPM-Solver++ in several steps, by default; its methods give its other forms.
   *
   * @param order in [1, 3]
   * @return the scheduler
   * @throws IllegalArgumentException if the order is out of range
   */
  static DpmSolver dpmSolver(int order) {
    return new DpmSolver(order, Traits.NONE);
  }

  /**
   * UniPC with B(h) = e^h − 1, by default; its methods give its other forms.
   *
   * @param order in [1, 4]
   * @return the scheduler
   * @throws IllegalArgumentException if the order is out of range
   */
  static UniPc uniPc(int order) {
    return new UniPc(order, Traits.NONE, Set.of());
  }

  /**
   * SA-Solver; its methods give its other forms.
   *
   * @param predictor the predictor's order, in [1, 4]; 2 is usual
   * @param corrector the corrector's order, in [1, 4]; 2 is usual
   * @return the scheduler; it draws once at every step
   * @throws IllegalArgumentException if an order is out of range
   */
  static SaSolver saSolver(int predictor, int corrector) {
    return new SaSolver(predictor, corrector, Traits.NONE, SaSolver.USUAL);
  }

  /**
   * Takes the clean images, and puts fresh noise on them at the next level: {@code a'·clean + s'·z}
   * (Song et al. 2023, algorithm 1); diffusers' stochastic flow sampling.
   *
   * @return the scheduler; it draws once at every step to a level with noise
   */
  static Scheduler renoising() {
    return new Lcm(0);
  }

  /**
   * {@link #renoising()} for latent consistency models, whose clean images keep some of x near the
   * end (Luo et al. 2023).
   *
   * @return the scheduler, with diffusers' scaling of the time, 10, for networks that are told
   *     positions of 1000 steps
   */
  static Scheduler lcm() {
    return new Lcm(10);
  }

  /**
   * Trajectory consistency: DDIM to less noise than the next level has, and fresh noise up to it
   * (Zheng et al. 2024).
   *
   * @param schedule the discrete schedule that the run is on, whose network is told the position
   * @param eta η, the share of the way that is overshot, in [0, 1]; 0.3 is usual
   * @return the scheduler; it draws once at every step but the last if η is above 0
   * @throws IllegalArgumentException if η is out of range or the schedule is not discrete
   */
  static Scheduler tcd(NoiseSchedule schedule, double eta) {
    return new Tcd(Objects.requireNonNull(schedule, "schedule"), eta);
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
