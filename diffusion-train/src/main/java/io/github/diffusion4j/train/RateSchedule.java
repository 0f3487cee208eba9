package io.github.diffusion4j.train;

import io.github.diffusion4j.internal.Checks;

/**
 * How the learning rate changes over a run, as a factor on the optimiser's rate.
 *
 * <p>A value: every method returns a changed copy.
 */
public final class RateSchedule {

  private static final String WARM_UP = ".warmUp(";

  private enum Kind {
    CONSTANT,
    EXPONENTIAL,
    COSINE
  }

  private final Kind kind;
  private final double share;
  private final int warmUp;

  private RateSchedule(Kind kind, double share, int warmUp) {
    this.kind = kind;
    this.share = share;
    this.warmUp = warmUp;
  }

  /**
   * The same rate throughout.
   *
   * @return the schedule
   */
  public static RateSchedule constant() {
    return new RateSchedule(Kind.CONSTANT, 1, 0);
  }

  /**
   * After every epoch the rate is multiplied by {@code share^(1/epochs)}, so that after the last
   * one it is {@code share} times the first, and in the last one {@code share^(1 − 1/epochs)}
   * times: PyTorch's {@code ExponentialLR} as the CS180 course uses it.
   *
   * @param share what is left after the last epoch, in (0, 1]; the course's is 0.1
   * @return the schedule
   * @throws IllegalArgumentException if the share is out of range
   */
  public static RateSchedule exponential(double share) {
    Checks.positive(share, "final share of the rate");
    Checks.require(share <= 1, () -> "final share of the rate must be in (0, 1], got " + share);
    return new RateSchedule(Kind.EXPONENTIAL, share, 0);
  }

  /**
   * At every step the rate follows half a cosine from 1 to a share, {@code share + (1 − share)·(1 +
   * cos(π·u))/2} where u of the run is done (Loshchilov and Hutter 2017, equation 5, without
   * restarts).
   *
   * @param share what is left at the end, in [0, 1]
   * @return the schedule
   * @throws IllegalArgumentException if the share is out of range
   */
  public static RateSchedule cosine(double share) {
    return new RateSchedule(Kind.COSINE, Checks.inRange(0, 1, share, "final share of the rate"), 0);
  }

  /**
   * This with a linear start: in the first steps the rate is multiplied by {@code step/steps}
   * (Goyal et al. 2017, section 2.2).
   *
   * @param steps the number of these steps, at least 0 and at most those of the run
   * @return the changed schedule
   * @throws IllegalArgumentException if the number is below 0
   */
  public RateSchedule warmUp(int steps) {
    return new RateSchedule(kind, share, Checks.atLeast(0, steps, "warm-up steps"));
  }

  int warmUp() {
    return warmUp;
  }

  static RateSchedule named(String name) {
    int cut = name.indexOf(WARM_UP);
    if (cut >= 0) {
      Named steps = Named.of(name.substring(cut + 1));
      if (steps.is("warmUp", 1)) {
        return named(name.substring(0, cut)).warmUp(steps.whole(0));
      }
    }
    Named found = Named.of(name);
    if (found.is("constant", 0)) {
      return constant();
    } else if (found.is("exponential", 1)) {
      return exponential(found.number(0));
    }
    Checks.require(
        found.is("cosine", 1),
        () ->
            "rates must be constant, exponential(share) or cosine(share), with or without"
                + " .warmUp(steps), got "
                + name);
    return cosine(found.number(0));
  }

  /**
   * The factor on the rate of a step.
   *
   * @param step the step's number in the run, from 1
   * @param epoch its epoch, from 1
   * @param within the share of its epoch that is done before it, in [0, 1)
   * @param epochs the number of epochs of the run
   * @return the factor, in [0, 1]
   */
  double factor(long step, int epoch, double within, int epochs) {
    double factor =
        switch (kind) {
          case CONSTANT -> 1;
          case EXPONENTIAL -> Math.pow(share, (epoch - 1.0) / epochs);
          case COSINE ->
              share + (1 - share) * (1 + Math.cos(Math.PI * (epoch - 1 + within) / epochs)) / 2;
        };
    return step < warmUp ? factor * step / warmUp : factor;
  }

  @Override
  public String toString() {
    String name =
        switch (kind) {
          case CONSTANT -> "constant";
          case EXPONENTIAL -> "exponential(" + share + ")";
          case COSINE -> "cosine(" + share + ")";
        };
    return warmUp == 0 ? name : name + WARM_UP + warmUp + ")";
  }
}
