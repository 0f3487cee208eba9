package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The σ and the times of the steps of a run, and σ where the last step ends. */
final class SigmaGrid {

  static final String[] SPACINGS = {"linspace", "leading", "trailing"};

  private final double[] sigmas;
  private final double[] times;
  private final double end;

  SigmaGrid(double[] sigmas, double[] times, double end) {
    this.sigmas = sigmas;
    this.times = times;
    this.end = end;
  }

  /** Makes a level of σ and time. */
  interface LevelMaker {
    NoiseLevel level(double sigma, double time);
  }

  static NoiseLevel exploding(double sigma, double time) {
    return new NoiseLevel(1, sigma, time, 1 / Math.hypot(1, sigma));
  }

  static NoiseLevel preserving(double sigma, double time) {
    double signal = 1 / Math.hypot(1, sigma);
    return NoiseLevel.of(signal, sigma * signal, time);
  }

  static NoiseLevel flow(double position, double time) {
    return NoiseLevel.of(1 - position, position, time);
  }

  Timeline timeline(NoiseSchedule schedule, LevelMaker maker) {
    List<NoiseLevel> levels = new ArrayList<>();
    Checks.falling(sigmas, "sigmas of " + sigmas.length + " steps");
    for (int i = 0; i < sigmas.length; i++) {
      levels.add(maker.level(sigmas[i], times[i]));
    }
    levels.add(maker.level(end, end == 0 ? -1 : 0));
    return Timeline.of(schedule, levels);
  }

  double most() {
    return Arrays.stream(sigmas).max().orElseThrow();
  }

  /** The same with a quarter of ln σ for the times. */
  SigmaGrid timedByLogarithm() {
    return new SigmaGrid(
        sigmas, Arrays.stream(sigmas).map(sigma -> 0.25 * Math.log(sigma)).toArray(), end);
  }

  /** The curve that is asked for by one of three flags. */
  static Optional<Curve> curve(ConfigFields fields) {
    List<Curve> asked =
        Arrays.stream(Curve.values())
            .filter(curve -> fields.flag("use_" + curve.text() + "_sigmas", false))
            .toList();
    Checks.require(
        asked.size() < 2,
        () ->
            "expected at most one of use_karras_sigmas, use_exponential_sigmas, use_beta_sigmas,"
                + " found "
                + asked.size());
    return asked.stream().findFirst();
  }

  static void refuseBoth(double[] list, String name, boolean isCurved) {
    Checks.require(
        list.length == 0 || !isCurved,
        () -> "expected either the argument " + name + " or a curve of sigmas, found both");
  }
}
