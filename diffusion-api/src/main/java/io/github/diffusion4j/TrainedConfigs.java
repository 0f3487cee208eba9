package io.github.diffusion4j;

import io.github.diffusion4j.Configured.Source;
import io.github.diffusion4j.Scheduler.Variance;
import io.github.diffusion4j.internal.Checks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** The classes of diffusers that visit whole positions of a trained schedule. */
final class TrainedConfigs {

  private static final String LINSPACE = "linspace";
  private static final String LEADING = "leading";
  private static final String TRAILING = "trailing";

  private TrainedConfigs() {}

  static Configured ddpm(Source source) {
    ConfigFields fields = source.fields();
    DiscreteSchedule table = TrainedTables.exact(source, "sigmoid", "laplace");
    Variance variance =
        switch (fields.choice(
            "variance_type", "fixed_small", "fixed_small_log", "fixed_large", "learned_range")) {
          case "fixed_large" -> Variance.LARGE;
          case "learned_range" -> Variance.LEARNED;
          default -> Variance.SMALL;
        };
    double[] times = source.arguments().falling("timesteps", 0, table.first());
    Spacing spacing =
        times.length > 0
            ? listed(source, table, times, table.at(-1))
            : stepped(source, table, table.at(-1), true);
    return new Configured(
        table,
        source.prediction(),
        spacing,
        new Ddpm(variance, true, (from, to) -> table.beta(from, to, false)),
        source.thresholdingOrClamping(true));
  }

  static Configured ddim(Source source) {
    DiscreteSchedule table = TrainedTables.exact(source);
    UnaryOperator<Guidance> correction = source.thresholdingOrClamping(true);
    boolean clipped = source.arguments().flag("use_clipped_model_output", false);
    return new Configured(
        table,
        source.prediction(),
        stepped(source, table, end(source, table, true), false),
        Scheduler.ddim(source.arguments().number("eta", 0)),
        clipped ? guidance -> new Rederived(correction.apply(guidance)) : correction);
  }

  static Configured ddimInverse(Source source) {
    DiscreteSchedule table = TrainedTables.exact(source);
    NoiseLevel clean = end(source, table, true);
    if (source.fields().has("set_alpha_to_zero")) {
      throw ConfigFields.wrong("set_alpha_to_zero", "absent: say set_alpha_to_one", "a value");
    }
    String spacing = source.fields().choice("timestep_spacing", LEADING, TRAILING);
    int offset = source.fields().atLeast("steps_offset", 0, 0);
    int trained = trained(table);
    return new Configured(
        table,
        source.prediction(),
        source.spacing(
            trained,
            steps -> {
              double[] times = TrainedTimes.each(spacing, trained, offset, steps, true);
              int gap = trained / steps;
              List<NoiseLevel> levels = new ArrayList<>();
              List<NoiseLevel> targets = new ArrayList<>();
              for (int i = times.length - 1; i >= 0; i--) {
                double from = Math.min(times[i] - gap, trained - 1.0);
                NoiseLevel level = from < 0 ? clean : table.at(from);
                levels.add(NoiseLevel.of(level.signal(), level.noise(), times[i]));
                targets.add(table.at(times[i]));
              }
              levels.add(targets.get(targets.size() - 1));
              return Timeline.of(table, levels).withTargets(targets);
            }),
        Scheduler.ddim(),
        source.clamping(true));
  }

  static Configured pndm(Source source) {
    DiscreteSchedule table = TrainedTables.plain(source);
    PredictionType prediction = source.prediction("epsilon", "v_prediction");
    boolean skips = source.fields().flag("skip_prk_steps", false);
    return new Configured(
        table,
        prediction,
        stepped(source, table, end(source, table, false), false),
        new Pndm(
            skips ? Pndm.Start.TWICE : Pndm.Start.RUNGE_KUTTA,
            prediction == PredictionType.VELOCITY),
        UnaryOperator.identity());
  }

  static Configured ipndm(Source source) {
    int trained = 1000;
    source.fields().only("num_train_timesteps", trained);
    source.fields().only("trained_betas", List.of());
    NoiseSchedule schedule = new Trigonometric();
    return new Configured(
        schedule,
        PredictionType.VELOCITY,
        source.spacing(
            trained,
            steps -> {
              List<NoiseLevel> levels = new ArrayList<>();
              for (int i = 0; i <= steps; i++) {
                double sine = Math.sin((1 - (double) i / steps) * Math.PI / 2);
                double noise = sine * sine;
                double signal = Math.sqrt(1 - noise * noise);
                levels.add(NoiseLevel.of(signal, noise, Math.atan2(noise, signal) / Math.PI * 2));
              }
              return Timeline.of(schedule, levels);
            }),
        new Pndm(Pndm.Start.AS_DIFFUSERS, false),
        UnaryOperator.identity());
  }

  static Configured lcm(Source source) {
    DiscreteSchedule table = TrainedTables.distilled(source);
    double scaling =
        Checks.positive(source.fields().number("timestep_scaling", 10), "timestep_scaling");
    return new Configured(
        table,
        source.prediction(),
        distilled(source, table, table.at(-1), false),
        new Lcm(scaling),
        source.thresholdingOrClamping(false));
  }

  static Configured tcd(Source source) {
    DiscreteSchedule table = TrainedTables.distilled(source);
    for (String idle :
        List.of(
            "timestep_scaling",
            "clip_sample_range",
            "dynamic_thresholding_ratio",
            "sample_max_value")) {
      source.fields().number(idle, 1);
    }
    return new Configured(
        table,
        source.prediction(),
        distilled(source, table, table.at(0), true),
        new Tcd(table, source.arguments().number("eta", 0.3)),
        UnaryOperator.identity());
  }

  static Configured unClip(Source source) {
    source.fields().only("beta_schedule", "squaredcos_cap_v2");
    int trained =
        Checks.inRange(
            1,
            1_000_000,
            source.fields().whole("num_train_timesteps", 1000),
            "num_train_timesteps");
    DiscreteSchedule table = DiscreteSchedule.squaredCosine(trained);
    boolean learned = source.fields().chosen("variance_type", "fixed_small_log", "learned_range");
    return new Configured(
        table,
        source.prediction("epsilon", "sample"),
        source.spacing(
            trained,
            steps -> {
              Checks.inRange(2, trained, steps, "steps");
              double gap = (trained - 1.0) / (steps - 1);
              double[] positions =
                  IntStream.rangeClosed(0, steps)
                      .mapToDouble(i -> i == steps ? -1 : Math.rint((steps - 1 - i) * gap))
                      .toArray();
              return Timeline.of(table, positions);
            }),
        new Ddpm(
            learned ? Variance.LEARNED : Variance.SMALL,
            false,
            (from, to) -> table.beta(from, to, true)),
        source.clamping(true));
  }

  static Configured rePaint(Source source) {
    DiscreteSchedule table = TrainedTables.plain(source, "sigmoid");
    int length = source.arguments().whole("jump_length", 10);
    int times = source.arguments().whole("jump_n_sample", 10);
    Spacing places = Spacing.leading(0).resampled(length, times);
    return new Configured(
        table,
        PredictionType.EPSILON,
        source.spacing(trained(table), steps -> places.timeline(table, steps)),
        Scheduler.ddim(source.fields().number("eta", 0)),
        source.fields().flag("clip_sample", true)
            ? guidance -> guidance.clamped(-1, 1)
            : UnaryOperator.identity());
  }

  /** Steps to the next time, or by T/n positions whatever the distance of the times is. */
  private static Spacing stepped(
      Source source, DiscreteSchedule table, NoiseLevel end, boolean isToNext) {
    String spacing = source.fields().choice("timestep_spacing", LEADING, LINSPACE, TRAILING);
    int offset = source.fields().atLeast("steps_offset", 0, 0);
    int trained = trained(table);
    return source.spacing(
        trained,
        steps -> {
          double[] times = TrainedTimes.each(spacing, trained, offset, steps, true);
          int gap = trained / steps;
          double[] targets =
              isToNext ? following(times) : Arrays.stream(times).map(t -> t - gap).toArray();
          return timeline(table, times, targets, end);
        });
  }

  /** The next time of each, −1 after the last. */
  private static double[] following(double[] times) {
    double[] next = Arrays.copyOfRange(times, 1, times.length + 1);
    next[times.length - 1] = -1;
    return next;
  }

  private static Spacing listed(
      Source source, DiscreteSchedule table, double[] times, NoiseLevel end) {
    return source.listed(times.length, timeline(table, times, following(times), end));
  }

  private static Timeline timeline(
      DiscreteSchedule table, double[] times, double[] targets, NoiseLevel end) {
    List<NoiseLevel> levels = new ArrayList<>();
    List<NoiseLevel> reached = new ArrayList<>();
    for (int i = 0; i < times.length; i++) {
      levels.add(table.at(times[i]));
      reached.add(targets[i] < 0 ? end : table.at(targets[i]));
    }
    levels.add(reached.get(times.length - 1));
    return Timeline.of(table, levels).withTargets(reached);
  }

  private static Spacing distilled(
      Source source, DiscreteSchedule table, NoiseLevel end, boolean allIfAsked) {
    int trained = trained(table);
    // Both classes have these fields and do nothing with them.
    source.fields().choice("timestep_spacing", LEADING, LINSPACE, TRAILING);
    source.fields().atLeast("steps_offset", 0, 0);
    int original = source.fields().whole("original_inference_steps", 50);
    int asked = source.arguments().whole("original_inference_steps", original);
    int all = allIfAsked && source.arguments().has("original_inference_steps") ? trained : asked;
    Checks.inRange(1, trained, all, "original_inference_steps");
    double[] times = source.arguments().falling("timesteps", 0, table.first());
    if (times.length > 0) {
      return listed(source, table, times, end);
    }
    int gap = trained / all;
    return source.spacing(
        trained,
        steps -> {
          Checks.inRange(1, all, steps, "steps of a distilled model");
          double[] chosen =
              IntStream.range(0, steps)
                  .map(i -> (int) Math.floor(i * ((double) all / steps)))
                  .mapToDouble(i -> (double) (all - i) * gap - 1)
                  .toArray();
          return timeline(table, chosen, following(chosen), end);
        });
  }

  /** Where the last step ends: at the clean image, or at position 0. */
  private static NoiseLevel end(Source source, DiscreteSchedule table, boolean otherwise) {
    NoiseLevel first = table.at(0);
    return source.fields().flag("set_alpha_to_one", otherwise)
        ? table.at(-1)
        : NoiseLevel.of(first.signal(), first.noise(), -1);
  }

  private static int trained(DiscreteSchedule table) {
    return (int) table.first() + 1;
  }
}
