package io.github.diffusion4j;

import io.github.diffusion4j.Configured.Source;
import io.github.diffusion4j.internal.Checks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** The classes of diffusers for flow matching and for EDM. */
final class FlowConfigs {

  private FlowConfigs() {}

  static Configured euler(Source source) {
    ConfigFields fields = source.fields();
    ConfigFields arguments = source.arguments();
    int trained = trained(source);
    boolean isDynamic = fields.flag("use_dynamic_shifting", false);
    double factor = isDynamic ? dynamic(source) : fields.number("shift", 1);
    // What mu is computed from, by the pipelines.
    fields.number("base_shift", 0.5);
    fields.number("max_shift", 1.15);
    fields.whole("base_image_seq_len", 256);
    fields.whole("max_image_seq_len", 4096);
    Optional<Curve> curve = SigmaGrid.curve(fields);
    FlowShift shift =
        new FlowShift(factor, fields.number("shift_terminal").filter(last -> last != 0));
    double least =
        isDynamic ? 1.0 / trained : new FlowShift(factor, Optional.empty()).shifted(1.0 / trained);
    boolean isInverted = fields.flag("invert_sigmas", false);
    boolean isStochastic = fields.flag("stochastic_sampling", false);
    if (isInverted && isStochastic) {
      throw ConfigFields.wrong("stochastic_sampling", "false with invert_sigmas", true);
    }
    double[] times = arguments.falling("timesteps", 0, trained);
    double[] sigmas = arguments.falling("sigmas", 0, 1);
    Checks.require(
        times.length == 0 || sigmas.length == 0 || times.length == sigmas.length,
        () ->
            "timesteps and sigmas must be as many, got " + times.length + " and " + sigmas.length);
    NoiseSchedule flow = NoiseSchedule.rectifiedFlow();
    NoiseSchedule schedule = isInverted ? flow.timed(-trained, trained) : flow.timed(trained, 0);
    Function<double[], Timeline> timeline =
        plain -> {
          double[] shifted = shift.shifted(plain);
          double[] positions =
              curve
                  .map(c -> c.sigmas(shifted[plain.length - 1], shifted[0], plain.length))
                  .orElse(shifted);
          List<NoiseLevel> levels = new ArrayList<>();
          for (int i = 0; i < positions.length; i++) {
            double time = timeOf(isInverted ? 1 - positions[i] : positions[i], trained);
            levels.add(SigmaGrid.flow(positions[i], times.length > 0 ? times[i] : time));
          }
          levels.add(schedule.at(0));
          return Timeline.of(schedule, levels).startingAt(1);
        };
    double[] given =
        sigmas.length > 0 ? sigmas : Arrays.stream(times).map(t -> t / trained).toArray();
    return new Configured(
        schedule,
        isInverted ? PredictionType.FLOW_TO_DATA : PredictionType.FLOW,
        given.length > 0
            ? source.listed(given.length, timeline.apply(given))
            : source.spacing(trained, steps -> timeline.apply(even(1, least, steps))),
        isStochastic ? Scheduler.renoising() : Scheduler.ddim(),
        UnaryOperator.identity());
  }

  static Configured heun(Source source) {
    int trained = trained(source);
    FlowShift shift = new FlowShift(source.fields().number("shift", 1), Optional.empty());
    double least = shift.shifted(1.0 / trained);
    NoiseSchedule schedule = NoiseSchedule.rectifiedFlow().timed(trained, 0);
    return new Configured(
        schedule,
        PredictionType.FLOW,
        source.spacing(
            trained,
            steps -> {
              List<NoiseLevel> levels = new ArrayList<>();
              for (double position : shift.shifted(even(1, least, steps))) {
                levels.add(SigmaGrid.flow(position, timeOf(position, trained)));
              }
              levels.add(schedule.at(0));
              return Timeline.of(schedule, levels).startingAt(1);
            }),
        Scheduler.heun(),
        UnaryOperator.identity());
  }

  static Configured edmEuler(Source source) {
    Edm schedule = edm(source);
    PredictionType prediction = edmPrediction(source, schedule);
    return new Configured(
        schedule,
        prediction,
        edmSpacing(source, schedule, false),
        source.euler(prediction),
        UnaryOperator.identity());
  }

  static Configured edmDpm(Source source) {
    Edm schedule = edm(source);
    ConfigFields fields = source.fields();
    String kind = fields.choice("algorithm_type", "dpmsolver++", "sde-dpmsolver++", "deis");
    DpmSolver solver = SigmaConfigs.solver(fields, kind);
    return new Configured(
        schedule,
        edmPrediction(source, schedule),
        edmSpacing(source, schedule, true),
        fields.flag("euler_at_final", false) ? solver.eulerAtFinal() : solver,
        source.thresholding());
  }

  private static Edm edm(Source source) {
    ConfigFields fields = source.fields();
    return new Edm(
        fields.number("sigma_min", 0.002),
        fields.number("sigma_max", 80),
        fields.number("sigma_data", 0.5));
  }

  private static PredictionType edmPrediction(Source source, Edm schedule) {
    boolean isVelocity = source.fields().chosen("prediction_type", "epsilon", "v_prediction");
    PredictionType type = PredictionType.edm(schedule.dataDeviation());
    return isVelocity ? type.negated() : type;
  }

  private static Spacing edmSpacing(Source source, Edm schedule, boolean isSingle) {
    ConfigFields fields = source.fields();
    double rho = Checks.positive(fields.number("rho", Curve.RHO), "rho");
    boolean isExponential = fields.chosen("sigma_schedule", "karras", "exponential");
    boolean endsAtLeast = fields.chosen("final_sigmas_type", "zero", "sigma_min");
    Curve curve = isExponential ? Curve.EXPONENTIAL : Curve.KARRAS;
    return source.spacing(
        trained(source),
        steps -> {
          List<NoiseLevel> levels = new ArrayList<>();
          for (double sigma : edmSigmas(schedule, curve, steps, rho, isSingle)) {
            levels.add(schedule.at(sigma));
          }
          levels.add(endsAtLeast ? levels.get(steps - 1) : schedule.at(0));
          return Timeline.of(schedule, levels).startingAt(Math.hypot(schedule.most(), 1));
        });
  }

  /** Computed in float32 by one of the two classes, which shows in the seventh digit. */
  private static double[] edmSigmas(
      Edm schedule, Curve curve, int steps, double rho, boolean isSingle) {
    if (!isSingle || curve != Curve.KARRAS) {
      return curve.sigmas(schedule.least(), schedule.most(), steps, rho);
    }
    float top = (float) Math.pow(schedule.most(), 1 / rho);
    float slope =
        (float) (Math.pow(schedule.least(), 1 / rho) - Math.pow(schedule.most(), 1 / rho));
    double[] sigmas = new double[steps];
    for (int i = 0; i < steps; i++) {
      float share = DiscreteSchedule.linspace(0, 1, steps, i);
      sigmas[i] = (float) Math.pow(top + share * slope, rho);
    }
    return sigmas;
  }

  /** As float32 rounds it, so that a time that is whole in diffusers is whole here. */
  private static double timeOf(double position, int trained) {
    return (float) position * trained;
  }

  private static int trained(Source source) {
    return Checks.inRange(
        1, 1_000_000, source.fields().whole("num_train_timesteps", 1000), "num_train_timesteps");
  }

  private static double dynamic(Source source) {
    Optional<Double> mu = source.arguments().number("mu");
    Checks.require(mu.isPresent(), () -> "use_dynamic_shifting needs the argument mu, got none");
    source.fields().number("shift", 1);
    return FlowShift.byMu(source, mu.get());
  }

  private static double[] even(double from, double to, int steps) {
    return IntStream.range(0, steps)
        .mapToDouble(i -> steps == 1 ? from : from + (to - from) * i / (steps - 1))
        .toArray();
  }
}
