package io.github.diffusion4j;

import io.github.diffusion4j.Configured.Source;
import io.github.diffusion4j.internal.Checks;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * How the positions of a flow are shifted towards noise: {@code f·p/(1 + (f − 1)·p)} (Esser et al.
 * 2024, equation 23), and stretched to a last position.
 *
 * @param factor f
 * @param terminal the last position, if they are stretched
 */
record FlowShift(double factor, Optional<Double> terminal) {

  private static final double NEXT_TO_NOISE = 1e-6;

  FlowShift {
    Checks.positive(factor, "shift");
    terminal.ifPresent(
        last ->
            Checks.require(
                last > 0 && last < 1, () -> "shift_terminal must be in (0, 1), got " + last));
  }

  /** Of the exponential integrators' classes. */
  static FlowShift read(Source source, boolean isFlow) {
    ConfigFields fields = source.fields();
    boolean isUniPc = source.name().startsWith("UniPC");
    double factor = isFlow ? fields.number("flow_shift", 1) : 1;
    boolean isDynamic =
        isFlow
            && !source.name().startsWith("SASolver")
            && fields.flag("use_dynamic_shifting", false);
    Optional<Double> terminal =
        isFlow && isUniPc
            ? fields.number("shift_terminal").filter(last -> last != 0)
            : Optional.empty();
    return new FlowShift(isDynamic ? dynamic(source, isUniPc, factor) : factor, terminal);
  }

  private static double dynamic(Source source, boolean isNeeded, double factor) {
    Optional<Double> mu = source.arguments().number("mu");
    Checks.require(
        isNeeded || !source.fields().text("time_shift_type", "exponential").equals("linear"),
        () -> "time_shift_type must be exponential for " + source.name() + ", got linear");
    Checks.require(
        mu.isPresent() || !isNeeded, () -> "use_dynamic_shifting needs the argument mu, got none");
    return mu.map(m -> byMu(source, m)).orElse(factor);
  }

  /** e^μ, or μ itself if the shift is linear. */
  static double byMu(Source source, double mu) {
    boolean isLinear = source.fields().chosen("time_shift_type", "exponential", "linear");
    return isLinear ? mu : Math.exp(mu);
  }

  double shifted(double position) {
    return factor * position / (1 + (factor - 1) * position);
  }

  /** Positions shifted, and stretched so that the last is as it is to be. */
  double[] shifted(double[] positions) {
    double[] all = Arrays.stream(positions).map(this::shifted).toArray();
    return terminal
        .map(
            end -> {
              Checks.require(
                  all[all.length - 1] < 1,
                  () -> "shift_terminal needs at least 2 steps, got " + all.length);
              double scale = (1 - all[all.length - 1]) / (1 - end);
              return Arrays.stream(all).map(p -> 1 - (1 - p) / scale).toArray();
            })
        .orElse(all);
  }

  /** The positions of the exponential integrators. */
  double[] positions(int steps, int trained, boolean isUniPc, double[] given) {
    double gap = (1 - 1.0 / trained) / steps;
    double[] plain =
        given.length > 0
            ? given
            : IntStream.range(0, steps)
                .mapToDouble(i -> isUniPc ? 1 - i * gap : (steps - i) * gap)
                .toArray();
    double[] positions = shifted(plain);
    if (isUniPc && Math.abs(positions[0] - 1) < NEXT_TO_NOISE) {
      positions[0] -= NEXT_TO_NOISE;
    }
    return positions;
  }
}
