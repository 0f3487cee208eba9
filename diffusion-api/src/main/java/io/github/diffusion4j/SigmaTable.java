package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;

/**
 * The ratios σ of noise to signal of a trained schedule, in float32 as diffusers' tables have them:
 * that decides to which whole number a time is cut.
 */
record SigmaTable(DiscreteSchedule schedule) {

  SigmaTable {
    float last = schedule.kept((int) schedule.first());
    Checks.require(
        last > 0 && schedule.kept(0) < 1,
        () -> "β must leave some signal and some noise at every position of " + schedule);
  }

  private static final double LEAST_SIGMA = 1e-10;

  int trained() {
    return (int) schedule.first() + 1;
  }

  double least() {
    return sigma(0);
  }

  double most() {
    return sigma(trained() - 1);
  }

  private double sigma(int position) {
    float kept = schedule.kept(position);
    return (float) Math.sqrt((1 - kept) / kept);
  }

  /** σ at times between whole ones, along σ; beyond the ends that of the end. */
  double[] at(double[] times) {
    return Arrays.stream(times).map(this::interpolated).toArray();
  }

  private double interpolated(double time) {
    double inside = Math.max(0, Math.min(trained() - 1, time));
    int low = (int) inside;
    double sigma = sigma(low);
    return low == inside ? sigma : sigma + (inside - low) * (sigma(low + 1) - sigma);
  }

  double[] timesOf(double[] sigmas, DoubleUnaryOperator rounding) {
    return Arrays.stream(sigmas).map(this::timeOf).map(rounding).toArray();
  }

  /** Along ln σ. */
  private double timeOf(double sigma) {
    double log = Math.log(Math.max(sigma, LEAST_SIGMA));
    int low = 0;
    for (int i = 0; i < trained() - 1; i++) {
      low = log >= (float) Math.log(sigma(i)) ? i : low;
    }
    double less = (float) Math.log(sigma(low));
    double more = (float) Math.log(sigma(Math.min(low + 1, trained() - 1)));
    double share = Math.max(0, Math.min(1, (less - log) / (less - more)));
    return (1 - share) * low + share * (low + 1);
  }

  /** The number of positions whose λ is less. */
  int noisierThan(double lambda) {
    return (int)
        IntStream.range(0, trained()).filter(i -> schedule.at(i).lambda() < lambda).count();
  }
}
