package io.github.diffusion4j;

import io.github.diffusion4j.Configured.Source;
import io.github.diffusion4j.internal.Checks;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The places of diffusers' classes after k-diffusion, on images divided by their signal. */
final class ExplodingGrid {

  private final SigmaTable table;
  private final NoiseSchedule timed;
  private final boolean isEuler;
  private final boolean isRounded;
  private final Optional<Curve> curve;
  private final String spacing;
  private final int offset;
  private final boolean isLogLinear;
  private final boolean isTimedByLogarithm;
  private final double end;
  private final Optional<Double> least;
  private final Optional<Double> most;

  private ExplodingGrid(Source source, DiscreteSchedule schedule, PredictionType prediction) {
    ConfigFields fields = source.fields();
    table = new SigmaTable(schedule);
    isEuler = source.name().equals("EulerDiscreteScheduler");
    isRounded = source.name().startsWith("KDPM2");
    boolean isAncestral = source.name().startsWith("EulerAncestral");
    curve = isAncestral ? Optional.empty() : SigmaGrid.curve(fields);
    spacing = fields.choice("timestep_spacing", SigmaGrid.SPACINGS);
    offset = fields.atLeast("steps_offset", 0, 0);
    isLogLinear = isEuler && fields.chosen("interpolation_type", "linear", "log_linear");
    Checks.require(
        !isLogLinear || curve.isEmpty(),
        () -> "expected either interpolation_type log_linear or a curve of sigmas, found both");
    boolean isContinuous = isEuler && fields.chosen("timestep_type", "discrete", "continuous");
    isTimedByLogarithm = isContinuous && prediction == PredictionType.VELOCITY;
    NoiseSchedule exploding = schedule.exploding();
    timed =
        isTimedByLogarithm
            // At the clean image σ is 0; there the network is told what it is at position 0.
            ? exploding.timed(p -> Math.log(exploding.at(Math.max(0, p)).noise()) / 4)
            : exploding;
    boolean endsAtLeast = isEuler && fields.chosen("final_sigmas_type", "zero", "sigma_min");
    end = endsAtLeast ? table.least() : 0;
    least = isEuler ? fields.number("sigma_min") : Optional.empty();
    most = isEuler ? fields.number("sigma_max") : Optional.empty();
  }

  static Configured configured(
      Source source, DiscreteSchedule schedule, PredictionType prediction, Scheduler scheduler) {
    ExplodingGrid grid = new ExplodingGrid(source, schedule, prediction);
    return new Configured(
        grid.timed,
        prediction,
        spacing(source, schedule, grid),
        scheduler,
        UnaryOperator.identity());
  }

  private static Spacing spacing(Source source, DiscreteSchedule schedule, ExplodingGrid grid) {
    ConfigFields arguments = source.arguments();
    boolean takesTimes = grid.isEuler || source.name().startsWith("Heun");
    boolean hasTimes = takesTimes && arguments.has("timesteps");
    boolean hasSigmas = grid.isEuler && arguments.has("sigmas");
    Checks.require(
        !hasTimes || !hasSigmas, () -> "expected either timesteps or sigmas, found both");
    if (hasTimes) {
      double[] times = arguments.falling("timesteps", 0, schedule.first());
      SigmaGrid.refuseBoth(times, "timesteps", grid.curve.isPresent());
      return source.listed(times.length, grid.timeline(grid.of(times)));
    }
    if (hasSigmas) {
      return grid.listed(source, arguments.falling("sigmas", 0, Double.MAX_VALUE));
    }
    int trained = grid.table.trained();
    return source.spacing(
        trained,
        steps ->
            grid.timeline(
                grid.of(TrainedTimes.each(grid.spacing, trained, grid.offset, steps, false))));
  }

  private Spacing listed(Source source, double[] sigmas) {
    SigmaGrid.refuseBoth(sigmas, "sigmas", curve.isPresent());
    int steps = sigmas.length - 1;
    Checks.require(
        steps > 0 && sigmas[steps] >= 0,
        () ->
            "sigmas of at least one step and its end, at least 0, got " + Arrays.toString(sigmas));
    double[] asked = Arrays.copyOf(sigmas, steps);
    SigmaGrid grid = new SigmaGrid(asked, table.timesOf(asked, time -> time), sigmas[steps]);
    return source.listed(steps, timeline(grid));
  }

  private SigmaGrid of(double[] times) {
    int steps = times.length;
    if (isLogLinear) {
      double[] all = Curve.EXPONENTIAL.sigmas(table.least(), table.most(), steps + 1);
      return new SigmaGrid(Arrays.copyOf(all, steps), times, all[steps]);
    }
    double[] sigmas = table.at(times);
    if (curve.isEmpty()) {
      return new SigmaGrid(sigmas, times, end);
    }
    double[] curved =
        curve.get().sigmas(least.orElse(sigmas[steps - 1]), most.orElse(sigmas[0]), steps);
    boolean rounds = isRounded && curve.get() == Curve.KARRAS;
    return new SigmaGrid(
        curved, table.timesOf(curved, time -> rounds ? Math.rint(time) : time), end);
  }

  /** Starts with noise of deviation σ, and of √(σ² + 1) where the spacing is leading. */
  private Timeline timeline(SigmaGrid grid) {
    SigmaGrid told = isTimedByLogarithm ? grid.timedByLogarithm() : grid;
    Timeline timeline = told.timeline(timed, SigmaGrid::exploding);
    return spacing.equals("leading") ? timeline : timeline.startingAt(grid.most());
  }
}
