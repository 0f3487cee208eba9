package io.github.diffusion4j;

import io.github.diffusion4j.Configured.Source;
import io.github.diffusion4j.internal.Checks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Ratios of noise to signal and the times that the network is told with them, as diffusers' classes
 * on σ make them for a number of steps.
 *
 * @param sigmas of each step
 * @param times of each step
 * @param end σ where the last step ends
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record SigmaGrid(double[] sigmas, double[] times, double end) {

  private static final double LEAST_SIGMA = 1e-10;
  private static final List<String> SPACINGS = List.of("linspace", "leading", "trailing");

  /** For k-diffusion's methods, on images divided by their signal. */
  static Spacing exploding(Source source, DiscreteSchedule table, PredictionType prediction) {
    ConfigFields fields = source.fields();
    ConfigFields arguments = source.arguments();
    boolean isEuler = source.name().equals("EulerDiscreteScheduler");
    boolean hasCurves = !source.name().startsWith("EulerAncestral");
    boolean takesTimes = isEuler || source.name().startsWith("Heun");
    Optional<Curve> curve = hasCurves ? curve(fields) : Optional.empty();
    String spacing = fields.choice("timestep_spacing", SPACINGS.toArray(String[]::new));
    int offset = fields.atLeast("steps_offset", 0, 0);
    int trained = (int) table.first() + 1;
    double least = sigma(table, 0);
    boolean isLog =
        isEuler && fields.choice("interpolation_type", "linear", "log_linear").equals("log_linear");
    boolean isContinuous =
        isEuler
            && fields.choice("timestep_type", "discrete", "continuous").equals("continuous")
            && prediction == PredictionType.VELOCITY;
    double end =
        isEuler && fields.choice("final_sigmas_type", "zero", "sigma_min").equals("sigma_min")
            ? least
            : 0;
    Optional<Double> low = isEuler ? fields.number("sigma_min") : Optional.empty();
    Optional<Double> high = isEuler ? fields.number("sigma_max") : Optional.empty();
    boolean isRounded = source.name().startsWith("KDPM2");
    double[] givenTimes =
        takesTimes ? arguments.falling("timesteps", 0, table.first()) : new double[0];
    double[] givenSigmas =
        isEuler ? arguments.falling("sigmas", 0, Double.MAX_VALUE) : new double[0];
    Checks.require(
        givenTimes.length == 0 || givenSigmas.length == 0,
        () -> "expected either timesteps or sigmas, found both");
    refuseListWithCurve(givenTimes.length + givenSigmas.length, curve);
    Function<double[], SigmaGrid> grid =
        times -> {
          double[] sigmas = Arrays.stream(times).map(t -> interpolated(table, t)).toArray();
          int steps = times.length;
          if (isLog) {
            double[] all = Curve.EXPONENTIAL.sigmas(least, top(table), steps + 1);
            return new SigmaGrid(Arrays.copyOf(all, steps), times, all[steps]);
          }
          if (curve.isEmpty()) {
            return new SigmaGrid(sigmas, times, end);
          }
          double[] curved =
              curve.get().sigmas(low.orElse(sigmas[steps - 1]), high.orElse(sigmas[0]), steps);
          boolean rounds = isRounded && curve.get() == Curve.KARRAS;
          return new SigmaGrid(curved, timesOf(table, curved, t -> rounds ? Math.rint(t) : t), end);
        };
    boolean startsAtSigma = !spacing.equals("leading");
    Function<SigmaGrid, Timeline> timeline =
        made -> {
          SigmaGrid told = isContinuous ? made.toldLogarithms() : made;
          Timeline plain = told.timeline(table.exploding(), SigmaGrid::explodingLevel);
          return startsAtSigma
              ? plain.startingAt(Arrays.stream(made.sigmas).max().orElseThrow())
              : plain;
        };
    if (givenSigmas.length > 0) {
      int steps = givenSigmas.length - 1;
      double[] asked = Arrays.copyOf(givenSigmas, Checks.atLeast(1, steps, "steps of sigmas"));
      SigmaGrid given = new SigmaGrid(asked, timesOf(table, asked, t -> t), givenSigmas[steps]);
      return source.listed(steps, timeline.apply(given));
    }
    return givenTimes.length > 0
        ? source.listed(givenTimes.length, timeline.apply(grid.apply(givenTimes)))
        : source.spacing(
            trained,
            steps ->
                timeline.apply(
                    grid.apply(TrainedTimes.each(spacing, trained, offset, steps, false))));
  }

  /** For exponential integrators, on images as they are. */
  static Spacing preserving(
      Source source, DiscreteSchedule table, NoiseSchedule schedule, boolean isFlow) {
    ConfigFields fields = source.fields();
    String name = source.name();
    boolean isDpm = name.startsWith("DPMSolver");
    boolean isUniPc = name.startsWith("UniPC");
    boolean isSingle = name.startsWith("DPMSolverSinglestep");
    Optional<Curve> curve = curve(fields);
    boolean isLu = isDpm && !isSingle && fields.flag("use_lu_lambdas", false);
    String spacing =
        isSingle ? "linspace" : fields.choice("timestep_spacing", SPACINGS.toArray(String[]::new));
    int offset = isSingle ? 0 : fields.atLeast("steps_offset", 0, 0);
    boolean clips = isDpm || name.startsWith("SASolver");
    double clipped =
        clips
            ? fields.number("lambda_min_clipped", Double.NEGATIVE_INFINITY)
            : Double.NEGATIVE_INFINITY;
    int trained = (int) table.first() + 1;
    int last = trained - noisierThan(table, clipped);
    Checks.require(last > 0, () -> "lambda_min_clipped leaves no position, got " + clipped);
    boolean isCosine = fields.text("beta_schedule", "linear").equals("squaredcos_cap_v2");
    boolean keepsLast =
        isUniPc
            ? fields.choice("final_sigmas_type", "zero", "sigma_min").equals("sigma_min")
            : !isDpm;
    double least = sigma(table, 0);
    boolean endsAtLeast =
        isDpm ? fields.text("final_sigmas_type", "zero").equals("sigma_min") : keepsLast;
    FlowShift shift = FlowShift.read(source, isFlow);
    double[] givenTimes =
        isDpm ? source.arguments().falling("timesteps", 0, table.first()) : new double[0];
    double[] givenSigmas =
        isUniPc && isFlow ? source.arguments().falling("sigmas", 0, 1) : new double[0];
    refuseListWithCurve(givenTimes.length, isLu ? Optional.of(Curve.EXPONENTIAL) : curve);
    Optional<Curve> used = isLu && curve.isEmpty() ? Optional.of(Curve.EXPONENTIAL) : curve;
    boolean rounds =
        used.isPresent()
            && (used.get() == Curve.KARRAS || isLu)
            && !(isDpm && !isSingle && isCosine);
    double low = isUniPc ? fields.number("sigma_min", least) : least;
    double high = isUniPc ? fields.number("sigma_max", top(table)) : top(table);
    Function<double[], SigmaGrid> grid =
        times -> {
          int steps = times.length;
          if (used.isPresent()) {
            double[] sigmas = used.get().sigmas(low, high, steps);
            if (isFlow) {
              // Times are then ratios of noise to signal, as the flow's positions are not.
              double[] positions = Arrays.stream(sigmas).map(s -> s / (1 + s)).toArray();
              return new SigmaGrid(
                  positions,
                  Arrays.stream(positions).map(p -> Math.floor(p * trained)).toArray(),
                  keepsLast ? positions[steps - 1] : 0);
            }
            double end = keepsLast ? sigmas[steps - 1] : endsAtLeast ? least : 0;
            return new SigmaGrid(
                sigmas, timesOf(table, sigmas, t -> Math.floor(rounds ? Math.rint(t) : t)), end);
          }
          if (isFlow) {
            double[] positions = shift.positions(steps, trained, isUniPc, givenSigmas);
            double end = keepsLast ? positions[steps - 1] : endsAtLeast ? least : 0;
            return new SigmaGrid(
                positions,
                Arrays.stream(positions).map(p -> Math.floor(p * trained)).toArray(),
                end);
          }
          double[] sigmas = Arrays.stream(times).map(t -> interpolated(table, t)).toArray();
          return new SigmaGrid(sigmas, times, endsAtLeast ? least : 0);
        };
    Function<double[], Timeline> timeline =
        times ->
            grid.apply(times)
                .timeline(schedule, isFlow ? SigmaGrid::flowLevel : SigmaGrid::preservingLevel)
                .startingAt(1);
    if (givenSigmas.length > 0) {
      return source.listed(givenSigmas.length, timeline.apply(givenSigmas));
    }
    return givenTimes.length > 0
        ? source.listed(givenTimes.length, timeline.apply(givenTimes))
        : source.spacing(
            trained,
            steps ->
                timeline.apply(TrainedTimes.withoutLast(spacing, trained, last, offset, steps)));
  }

  /** Makes a level of σ and time. */
  interface LevelMaker {
    NoiseLevel level(double sigma, double time);
  }

  static NoiseLevel explodingLevel(double sigma, double time) {
    return new NoiseLevel(1, sigma, time, 1 / Math.hypot(1, sigma));
  }

  static NoiseLevel preservingLevel(double sigma, double time) {
    double signal = 1 / Math.hypot(1, sigma);
    return NoiseLevel.of(signal, sigma * signal, time);
  }

  static NoiseLevel flowLevel(double position, double time) {
    return NoiseLevel.of(1 - position, position, time);
  }

  Timeline timeline(NoiseSchedule schedule, LevelMaker maker) {
    List<NoiseLevel> levels = new ArrayList<>();
    for (int i = 0; i < sigmas.length; i++) {
      double before = i == 0 ? Double.POSITIVE_INFINITY : sigmas[i - 1];
      double sigma = sigmas[i];
      Checks.require(
          sigma < before,
          () -> "sigmas of " + sigmas.length + " steps must fall, got " + before + ", " + sigma);
      levels.add(maker.level(sigmas[i], times[i]));
    }
    levels.add(maker.level(end, end == 0 ? -1 : 0));
    return Timeline.of(schedule, levels);
  }

  private SigmaGrid toldLogarithms() {
    return new SigmaGrid(
        sigmas, Arrays.stream(sigmas).map(sigma -> 0.25 * Math.log(sigma)).toArray(), end);
  }

  static Optional<Curve> curve(ConfigFields fields) {
    List<Curve> asked = new ArrayList<>();
    for (Curve curve : Curve.values()) {
      if (fields.flag("use_" + curve.name().toLowerCase(Locale.ROOT) + "_sigmas", false)) {
        asked.add(curve);
      }
    }
    Checks.require(
        asked.size() < 2,
        () ->
            "expected at most one of use_karras_sigmas, use_exponential_sigmas, use_beta_sigmas,"
                + " found "
                + asked);
    return asked.stream().findFirst();
  }

  private static void refuseListWithCurve(int length, Optional<Curve> curve) {
    Checks.require(
        length == 0 || curve.isEmpty(),
        () -> "expected either a list of timesteps or sigmas or a curve of sigmas, found both");
  }

  /** σ of a position in float32, as diffusers' tables have it. */
  private static double sigma(DiscreteSchedule table, int position) {
    float kept = table.kept(position);
    return (float) Math.sqrt((1 - kept) / kept);
  }

  /** σ at a time between whole ones, along σ; beyond the ends that of the end. */
  private static double interpolated(DiscreteSchedule table, double time) {
    double inside = Math.max(0, Math.min(table.first(), time));
    int low = (int) inside;
    double sigma = sigma(table, low);
    return low == inside ? sigma : sigma + (inside - low) * (sigma(table, low + 1) - sigma);
  }

  private static double top(DiscreteSchedule table) {
    return sigma(table, (int) table.first());
  }

  private static double[] timesOf(
      DiscreteSchedule table, double[] sigmas, DoubleUnaryOperator rounding) {
    return Arrays.stream(sigmas)
        .map(sigma -> rounding.applyAsDouble(timeOf(table, sigma)))
        .toArray();
  }

  /** Along ln σ, whose table is in float32: it decides to which whole number a time is cut. */
  private static double timeOf(DiscreteSchedule table, double sigma) {
    double log = Math.log(Math.max(sigma, LEAST_SIGMA));
    int low = 0;
    for (int i = 0; i < table.first(); i++) {
      low = log >= (float) Math.log(sigma(table, i)) ? i : low;
    }
    double less = (float) Math.log(sigma(table, low));
    double more = (float) Math.log(sigma(table, (int) Math.min(low + 1, table.first())));
    double share = Math.max(0, Math.min(1, (less - log) / (less - more)));
    return (1 - share) * low + share * (low + 1);
  }

  /** The number of positions whose λ is less. */
  private static int noisierThan(DiscreteSchedule table, double lambda) {
    return (int)
        IntStream.rangeClosed(0, (int) table.first())
            .filter(i -> table.at(i).lambda() < lambda)
            .count();
  }
}
