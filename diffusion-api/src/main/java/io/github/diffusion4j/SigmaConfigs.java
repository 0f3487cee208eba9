package io.github.diffusion4j;

import io.github.diffusion4j.Configured.Source;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/** The classes of diffusers that work on σ of a trained schedule. */
final class SigmaConfigs {

  private SigmaConfigs() {}

  static Configured euler(Source source) {
    DiscreteSchedule table = TrainedTables.nearly(source);
    PredictionType prediction = source.prediction();
    return ExplodingGrid.configured(source, table, prediction, source.euler(prediction));
  }

  static Configured eulerAncestral(Source source) {
    return ExplodingGrid.configured(
        source, TrainedTables.nearly(source), source.prediction(), Scheduler.eulerAncestral());
  }

  static Configured heun(Source source) {
    UnaryOperator<Guidance> clamping = source.clamping(false);
    return ExplodingGrid.configured(
            source, TrainedTables.karras(source, "exp"), source.prediction(), Scheduler.heun())
        .correcting(guidance -> new Rederived(clamping.apply(guidance)));
  }

  static Configured lms(Source source) {
    return ExplodingGrid.configured(
        source,
        TrainedTables.plain(source),
        source.prediction(),
        Scheduler.lms(source.arguments().whole("order", 4)));
  }

  static Configured kdpm2(Source source, Scheduler scheduler) {
    return ExplodingGrid.configured(
        source,
        TrainedTables.karras(source),
        source.prediction("epsilon", "v_prediction"),
        scheduler);
  }

  static Configured dpmMultistep(Source source) {
    DiscreteSchedule table = TrainedTables.nearly(source);
    ConfigFields fields = source.fields();
    String kind =
        fields.choice(
            "algorithm_type",
            "dpmsolver++",
            "dpmsolver",
            "sde-dpmsolver",
            "sde-dpmsolver++",
            "deis");
    DpmSolver solver = solver(fields, kind);
    if (fields.flag("euler_at_final", false)) {
      solver = solver.eulerAtFinal();
    }
    return preserving(source, table, solver, kind);
  }

  static Configured dpmSinglestep(Source source) {
    DiscreteSchedule table = TrainedTables.plain(source);
    ConfigFields fields = source.fields();
    String kind =
        fields.choice("algorithm_type", "dpmsolver++", "dpmsolver", "sde-dpmsolver++", "deis");
    boolean endsClean = fields.text("final_sigmas_type", "zero").equals("zero");
    boolean lower = fields.flag("lower_order_final", false) || endsClean;
    DpmSolver solver = solver(fields, kind).singlestep().lowerOrderFinal(lower);
    return preserving(source, table, solver, kind);
  }

  /** The solver of the fields that all of DPM-Solver's classes have. */
  static DpmSolver solver(ConfigFields fields, String kind) {
    DpmSolver solver =
        Scheduler.dpmSolver(fields.whole("solver_order", 2))
            .lowerOrderFinal(fields.flag("lower_order_final", true));
    // diffusers makes dpmsolver++ of the kind of another class.
    solver = kind.endsWith("++") || kind.equals("deis") ? solver : solver.onNoise();
    solver = kind.startsWith("sde") ? solver.stochastic() : solver;
    // What other classes call theirs is the midpoint's here, as in diffusers.
    String form = fields.choice("solver_type", "midpoint", "heun", "logrho", "bh1", "bh2");
    return form.equals("heun") ? solver.heun() : solver;
  }

  private static Configured preserving(
      Source source, DiscreteSchedule table, DpmSolver solver, String kind) {
    ConfigFields fields = source.fields();
    fields.choice("final_sigmas_type", "zero", "sigma_min");
    if ((kind.equals("dpmsolver") || kind.equals("sde-dpmsolver"))
        && fields.text("final_sigmas_type", "zero").equals("zero")) {
      throw ConfigFields.wrong(
          "final_sigmas_type", "sigma_min with algorithm_type " + kind, "zero");
    }
    fields.choice("variance_type", "none", "learned", "learned_range", "fixed_small");
    return flowOrNot(source, table, solver);
  }

  static Configured uniPc(Source source) {
    DiscreteSchedule table = TrainedTables.nearly(source);
    ConfigFields fields = source.fields();
    if (fields.has("solver_p")) {
      throw ConfigFields.wrong("solver_p", "null", "a value");
    }
    double[] uncorrected = fields.numbers("disable_corrector");
    for (double step : uncorrected) {
      if (step < 0 || step != Math.rint(step)) {
        throw ConfigFields.wrong("disable_corrector", "indices of steps", step);
      }
    }
    UniPc solver =
        Scheduler.uniPc(fields.whole("solver_order", 2))
            .lowerOrderFinal(fields.flag("lower_order_final", true))
            .uncorrected(Arrays.stream(uncorrected).mapToInt(d -> (int) d).toArray());
    solver = fields.flag("predict_x0", true) ? solver : solver.onNoise();
    String form = fields.choice("solver_type", "bh2", "bh1", "midpoint", "heun", "logrho");
    return flowOrNot(source, table, form.equals("bh1") ? solver.bh1() : solver);
  }

  static Configured deis(Source source) {
    ConfigFields fields = source.fields();
    DiscreteSchedule table = TrainedTables.plain(source);
    fields.choice("algorithm_type", "deis", "dpmsolver", "dpmsolver++");
    fields.choice("solver_type", "logrho", "midpoint", "heun", "bh1", "bh2");
    boolean lower = fields.flag("lower_order_final", true);
    return flowOrNot(
        source,
        table,
        new DpmSolver(fields.whole("solver_order", 2), Traits.NONE.with(Traits.Trait.DEIS, true))
            .lowerOrderFinal(lower));
  }

  static Configured saSolver(Source source) {
    ConfigFields fields = source.fields();
    DiscreteSchedule table = TrainedTables.plain(source);
    SaSolver solver =
        Scheduler.saSolver(fields.whole("predictor_order", 2), fields.whole("corrector_order", 2))
            .lowerOrderFinal(fields.flag("lower_order_final", true));
    boolean isNoise = fields.chosen("algorithm_type", "data_prediction", "noise_prediction");
    fields.choice("variance_type", "none", "learned", "learned_range");
    return flowOrNot(source, table, isNoise ? solver.onNoise() : solver);
  }

  private static Configured flowOrNot(Source source, DiscreteSchedule table, Scheduler scheduler) {
    UnaryOperator<Guidance> thresholding = source.thresholding();
    boolean isFlow = source.fields().flag("use_flow_sigmas", false);
    PredictionType prediction =
        isFlow
            ? source.prediction("epsilon", "sample", "v_prediction", "flow_prediction")
            : source.prediction();
    NoiseSchedule schedule =
        isFlow ? NoiseSchedule.rectifiedFlow().timed(table.first() + 1, 0) : table;
    return new Configured(
        schedule,
        prediction,
        PreservingGrid.spacing(source, table, schedule, isFlow),
        scheduler,
        source.fields().flag("thresholding", false)
            ? guidance -> new Rederived(thresholding.apply(guidance))
            : thresholding);
  }
}
