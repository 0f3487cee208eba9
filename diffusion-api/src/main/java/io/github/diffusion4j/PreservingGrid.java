package io.github.diffusion4j;

import io.github.diffusion4j.Configured.Source;
import io.github.diffusion4j.internal.Checks;
import java.util.Arrays;
import java.util.Optional;

/** The places of diffusers' exponential integrators, on images as they are. */
final class PreservingGrid {

  /** σ where the last step ends. */
  private enum End {
    ZERO,
    LEAST,
    LAST
  }

  private final SigmaTable table;
  private final NoiseSchedule schedule;
  private final boolean isFlow;
  private final boolean isUniPc;
  private final boolean isCurved;
  private final Curve curve;
  private final boolean isRounded;
  private final String spacing;
  private final int offset;
  private final int last;
  private final double least;
  private final double most;
  private final End end;
  private final FlowShift shift;

  private PreservingGrid(
      Source source, DiscreteSchedule trained, NoiseSchedule schedule, boolean isFlow) {
    ConfigFields fields = source.fields();
    String name = source.name();
    boolean isDpm = name.startsWith("DPMSolver");
    boolean isSingle = name.startsWith("DPMSolverSinglestep");
    table = new SigmaTable(trained);
    this.schedule = schedule;
    this.isFlow = isFlow;
    isUniPc = name.startsWith("UniPC");
    Optional<Curve> asked = SigmaGrid.curve(fields);
    boolean asksLu = isDpm && !isSingle && fields.flag("use_lu_lambdas", false);
    boolean isKarras = asked.filter(c -> c == Curve.KARRAS).isPresent();
    boolean isLu = asksLu && !isKarras;
    isCurved = asked.isPresent() || isLu;
    // Lu's λ, evenly spaced, are σ evenly spaced in ln σ.
    curve = isLu ? Curve.EXPONENTIAL : asked.orElse(Curve.EXPONENTIAL);
    Checks.require(
        !isFlow || isUniPc || !isCurved,
        () -> "use_flow_sigmas goes with a curve of sigmas in UniPCMultistepScheduler only");
    boolean isCosine = fields.text("beta_schedule", "linear").equals("squaredcos_cap_v2");
    isRounded = (curve == Curve.KARRAS || isLu) && !(isDpm && !isSingle && isCosine);
    spacing = isSingle ? "linspace" : fields.choice("timestep_spacing", SigmaGrid.SPACINGS);
    offset = isSingle ? 0 : fields.atLeast("steps_offset", 0, 0);
    boolean clips = isDpm || name.startsWith("SASolver");
    double clipped = Double.NEGATIVE_INFINITY;
    last =
        table.trained()
            - table.noisierThan(clips ? fields.number("lambda_min_clipped", clipped) : clipped);
    Checks.require(
        last > 0,
        () -> "lambda_min_clipped leaves no position, got " + fields.get("lambda_min_clipped"));
    least = isUniPc ? fields.number("sigma_min", table.least()) : table.least();
    most = isUniPc ? fields.number("sigma_max", table.most()) : table.most();
    boolean hasEnd = isDpm || isUniPc;
    boolean isZero = hasEnd && !fields.chosen("final_sigmas_type", "zero", "sigma_min");
    end = isZero ? End.ZERO : isDpm ? End.LEAST : End.LAST;
    shift = FlowShift.read(source, isFlow);
  }

  static Spacing spacing(
      Source source, DiscreteSchedule trained, NoiseSchedule schedule, boolean isFlow) {
    PreservingGrid grid = new PreservingGrid(source, trained, schedule, isFlow);
    ConfigFields arguments = source.arguments();
    if (source.name().startsWith("DPMSolver") && arguments.has("timesteps")) {
      double[] times = arguments.falling("timesteps", 0, trained.first());
      SigmaGrid.refuseBoth(times, "timesteps", grid.isCurved);
      return source.listed(times.length, grid.timeline(grid.of(times, new double[0])));
    }
    if (grid.isUniPc && isFlow && arguments.has("sigmas")) {
      double[] positions = arguments.falling("sigmas", 0, 1);
      SigmaGrid.refuseBoth(positions, "sigmas", grid.isCurved);
      return source.listed(positions.length, grid.timeline(grid.of(positions, positions)));
    }
    return source.spacing(
        grid.table.trained(), steps -> grid.timeline(grid.of(grid.times(steps), new double[0])));
  }

  /** As many times as steps, of a division of the positions that are left into one more. */
  private double[] times(int steps) {
    return switch (spacing) {
      case "linspace" -> TrainedTimes.linspace(last - 1, steps + 1, steps, true);
      case "leading" -> TrainedTimes.multiples(last / (steps + 1), offset, steps, 1);
      default -> TrainedTimes.trailing(last, (double) table.trained() / steps, steps);
    };
  }

  private SigmaGrid of(double[] times, double[] positions) {
    int steps = times.length;
    if (isFlow) {
      return flow(
          isCurved
              ? Arrays.stream(curve.sigmas(least, most, steps)).map(s -> s / (1 + s)).toArray()
              : shift.positions(steps, table.trained(), isUniPc, positions));
    }
    if (!isCurved) {
      return new SigmaGrid(table.at(times), times, end == End.ZERO ? 0 : table.least());
    }
    double[] sigmas = curve.sigmas(least, most, steps);
    return new SigmaGrid(
        sigmas,
        table.timesOf(sigmas, time -> Math.floor(isRounded ? Math.rint(time) : time)),
        ended(sigmas[steps - 1]));
  }

  private SigmaGrid flow(double[] positions) {
    double[] times = Arrays.stream(positions).map(p -> Math.floor(p * table.trained())).toArray();
    return new SigmaGrid(positions, times, ended(positions[positions.length - 1]));
  }

  private double ended(double lastSigma) {
    return switch (end) {
      case ZERO -> 0;
      case LEAST -> table.least();
      case LAST -> lastSigma;
    };
  }

  private Timeline timeline(SigmaGrid grid) {
    return grid.timeline(schedule, isFlow ? SigmaGrid::flow : SigmaGrid::preserving).startingAt(1);
  }
}
