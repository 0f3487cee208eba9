package io.github.diffusion4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.regression.SimpleRegression;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Orders of convergence where everything is known: data from N(m, c²), so the best denoiser is
 * {@code m + a·c²/r²·(x − a·m)} with {@code r² = a²c² + s²}, and the flow keeps {@code (x −
 * a·m)/r}.
 *
 * <p>Coefficients and the exact flow are in double, but images are float32. Both flows are affine
 * in where they start, so the mean error of many pixels is the error of their mean start, in which
 * float32's rounding averages out: of 4096 pixels about 5e-9 is left. What is left is measured, by
 * the difference of two halves of the pixels with the same mean start, and is below a tenth of
 * every error that a slope is taken of.
 */
class ConvergenceTest {

  private static final double MEAN = 0.7;
  private static final double DEVIATION = 0.4;
  private static final double MOST = 0.8;
  private static final double LEAST = 0.2;

  /** Signal and noise on a circle, with any position. */
  private record Circle() implements NoiseSchedule {
    @Override
    public NoiseLevel at(double position) {
      return NoiseLevel.of(Math.cos(position), Math.sin(position), position);
    }

    @Override
    public double first() {
      return 1.5;
    }

    @Override
    public double last() {
      return 0;
    }

    @Override
    public boolean isDiscrete() {
      return false;
    }
  }

  private static final NoiseSchedule CIRCLE = new Circle();
  private static final NoiseSchedule STRAIGHT = NoiseSchedule.rectifiedFlow();
  private static final NoiseSchedule EXPLODING = NoiseSchedule.edm(0.01, 100, 1);

  private static Estimate answer(Query query) {
    NoiseLevel level = query.level();
    double a = level.signal();
    double s = level.noise();
    double gain = a * DEVIATION * DEVIATION / (a * a * DEVIATION * DEVIATION + s * s);
    float[] x = query.x().toArray();
    float[] clean = new float[x.length];
    float[] noise = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      double mean = MEAN + gain * (x[i] - a * MEAN);
      clean[i] = (float) mean;
      noise[i] = (float) ((x[i] - a * mean) / s);
    }
    return Estimate.of(Tensor.of(query.x().shape(), clean), Tensor.of(query.x().shape(), noise));
  }

  private static final Denoiser EXACT = queries -> queries.stream().map(q -> answer(q)).toList();

  private static double spread(NoiseLevel level) {
    return Math.hypot(level.signal() * DEVIATION, level.noise());
  }

  private record Mean(double error, double rounding) {}

  /** Levels from σ = 0.8 to 0.2, evenly in λ. */
  private static Spacing even(int steps) {
    return Spacing.ofSigmas(
        IntStream.rangeClosed(0, steps)
            .mapToDouble(i -> MOST * Math.pow(LEAST / MOST, (double) i / steps))
            .toArray());
  }

  private static Mean error(Scheduler scheduler, NoiseSchedule schedule, int steps, int pixels) {
    Spacing spacing = even(steps);
    List<NoiseLevel> levels = spacing.timeline(schedule, steps).levels();
    NoiseLevel from = levels.get(0);
    NoiseLevel to = levels.get(steps);
    float[] starts = new float[pixels];
    for (int i = 0; i < pixels; i++) {
      starts[i] = (float) (spread(from) * (2 + (double) i / pixels));
    }
    Tensor start = TestTensors.row(starts);
    Sampling request = Sampling.fromNoisy(start, 0).spacing(spacing).steps(steps);
    float[] ends = Sampler.of(EXACT, schedule).sample(request.scheduler(scheduler)).toArray();
    double[] halves = new double[2];
    for (int i = 0; i < pixels; i++) {
      double kept = (starts[i] - from.signal() * MEAN) / spread(from);
      double exact = to.signal() * MEAN + spread(to) * kept;
      halves[i % 4 == 0 || i % 4 == 3 ? 0 : 1] += (ends[i] - exact) / (0.5 * pixels);
    }
    return new Mean(Math.abs(halves[0] + halves[1]) / 2, Math.abs(halves[0] - halves[1]) / 2);
  }

  /** Least squares of −ln(error) over ln(steps). */
  private static double slope(int[] steps, double[] errors) {
    SimpleRegression line = new SimpleRegression();
    for (int i = 0; i < steps.length; i++) {
      line.addData(Math.log(steps[i]), -Math.log(errors[i]));
    }
    return line.getSlope();
  }

  /** Few steps where errors are small soon; SA-Solver's nearly cancel for some numbers of steps. */
  private static int[] stepsOf(Scheduler scheduler, int order) {
    if (order < 3) {
      return new int[] {48, 96, 192};
    }
    return switch (scheduler.toString()) {
      case "saSolver(3, 3, full order at the end, own τ)", "uniPc(4, full order at the end)" ->
          new int[] {15, 30, 60};
      case "saSolver(4, 4, full order at the end, own τ)" -> new int[] {20, 40, 80};
      default -> new int[] {12, 24, 48};
    };
  }

  static List<Arguments> solvers() {
    List<Arguments> rows = new ArrayList<>();
    rows.add(Arguments.of(Scheduler.ddim(), 1));
    rows.add(Arguments.of(Scheduler.heun(), 2));
    rows.add(Arguments.of(Scheduler.kdpm2(), 2));
    // Equal weights for any spacing keep no more than order 2 where steps are not equal in σ.
    rows.add(Arguments.of(Scheduler.pndm(), 2));
    rows.add(Arguments.of(Scheduler.plms(), 2));
    rows.add(Arguments.of(Scheduler.ipndm(), 2));
    for (int order = 1; order <= 4; order++) {
      // Several steps start with one of order 1, whose error of h² stays.
      rows.add(Arguments.of(Scheduler.lms(order), Math.min(order, 2)));
      // A corrector makes the first step one of order 2.
      SaSolver sa = Scheduler.saSolver(order, order).lowerOrderFinal(false).noise(time -> 0);
      rows.add(Arguments.of(sa, Math.min(order, 3)));
      rows.add(Arguments.of(sa.onNoise(), Math.min(order, 3)));
    }
    for (int order = 1; order <= 3; order++) {
      int started = Math.min(order, 2);
      rows.add(Arguments.of(Scheduler.deis(order), started));
      DpmSolver dpm = Scheduler.dpmSolver(order).lowerOrderFinal(false);
      for (DpmSolver form : List.of(dpm, dpm.heun(), dpm.onNoise(), dpm.onNoise().heun())) {
        rows.add(Arguments.of(form, started));
        rows.add(Arguments.of(form.singlestep(), order));
      }
      UniPc uni = Scheduler.uniPc(order).lowerOrderFinal(false);
      for (UniPc form : List.of(uni, uni.bh1(), uni.onNoise(), uni.onNoise().bh1())) {
        rows.add(Arguments.of(form, Math.min(order + 1, 3)));
      }
    }
    rows.add(Arguments.of(Scheduler.uniPc(4).lowerOrderFinal(false), 3));
    return rows;
  }

  @ParameterizedTest(name = "{0} has order {1}")
  @MethodSource("solvers")
  void errorsFallWithTheOrderThatTheStartAllows(Scheduler scheduler, int order) {
    int[] steps = stepsOf(scheduler, order);
    int pixels = order == 3 && scheduler instanceof SaSolver ? 65536 : 4096;
    for (NoiseSchedule schedule : List.of(CIRCLE, STRAIGHT, EXPLODING)) {
      double[] errors = new double[steps.length];
      for (int i = 0; i < steps.length; i++) {
        Mean mean = error(scheduler, schedule, steps[i], pixels);
        errors[i] = mean.error;
        assertThat(mean.rounding / mean.error).as("rounding of %d steps", steps[i]).isLessThan(0.1);
      }
      assertThat(slope(steps, errors)).as("slope on %s", schedule).isCloseTo(order, within(0.2));
    }
  }
}
