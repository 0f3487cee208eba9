package io.github.diffusion4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Orders of convergence where everything is known: data from N(m, c²), so the best denoiser is
 * {@code m + a·c²/r²·(x − a·m)} with {@code r² = a²c² + s²}, and the flow keeps {@code (x − a·m)/r}.
 *
 * <p>Coefficients and the exact flow are in double, images in float32. So that rounding does not
 * count, steps are few and the errors large: every one that a slope is taken of is at least thirty
 * times what float32 can add, which is checked too.
 */
class ConvergenceTest {

  private static final double MEAN = 0.7;
  private static final double DEVIATION = 0.4;
  private static final double MOST = Double.parseDouble(System.getenv("MOST"));
  private static final double LEAST = Double.parseDouble(System.getenv("LEAST"));
  private static final Tensor START = TestTensors.row(3.1f, -1.7f, 0.9f);

  /** How the levels between both ends are spread: evenly in one of these. */
  private enum Even {
    LAMBDA,
    SIGMA;

    double at(double share) {
      return this == LAMBDA
          ? MOST * Math.pow(LEAST / MOST, share)
          : MOST + share * (LEAST - MOST);
    }
  }

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

  private static double error(Scheduler scheduler, NoiseSchedule schedule, Even even, int steps) {
    List<NoiseLevel> levels =
        IntStream.rangeClosed(0, steps)
            .mapToObj(i -> schedule.atRatio(even.at((double) i / steps)))
            .toList();
    Spacing spacing =
        new Spacing() {
          @Override
          public double[] positions(NoiseSchedule s, int n) {
            throw new IllegalArgumentException("visits levels");
          }

          @Override
          public Timeline timeline(NoiseSchedule s, int n) {
            return Timeline.of(s, levels);
          }
        };
    NoiseLevel from = levels.get(0);
    NoiseLevel to = levels.get(steps);
    Tensor start = START.times(spread(from));
    Tensor end =
        Sampler.of(EXACT, schedule)
            .sample(
                Sampling.fromNoisy(start, 0).spacing(spacing).steps(steps).scheduler(scheduler));
    double worst = 0;
    for (int i = 0; i < 3; i++) {
      double kept = (start.get(0, 0, 0, i) - from.signal() * MEAN) / spread(from);
      double exact = to.signal() * MEAN + spread(to) * kept;
      worst = Math.max(worst, Math.abs(end.get(0, 0, 0, i) - exact));
    }
    return worst;
  }

  /** Least squares of ln(error) over −ln(steps). */
  private static double slope(List<Integer> steps, List<Double> errors) {
    double xs = steps.stream().mapToDouble(Math::log).average().orElseThrow();
    double ys = errors.stream().mapToDouble(Math::log).average().orElseThrow();
    double product = 0;
    double square = 0;
    for (int i = 0; i < steps.size(); i++) {
      double x = Math.log(steps.get(i)) - xs;
      product += x * (Math.log(errors.get(i)) - ys);
      square += x * x;
    }
    return -product / square;
  }

  private static Arguments row(Scheduler scheduler, Even even, int order, int... steps) {
    return Arguments.of(scheduler, even, order, steps);
  }

  static List<Arguments> solvers() {
    List<Arguments> rows = new ArrayList<>();
    int[] many = {12, 24, 48, 96};
    for (Even even : List.of(Even.LAMBDA)) {
      rows.add(row(Scheduler.ddim(), even, 1, many));
      rows.add(row(Scheduler.heun(), even, 2, many));
      rows.add(row(Scheduler.kdpm2(), even, 2, many));
      for (int order = 1; order <= 4; order++) {
        rows.add(row(Scheduler.lms(order), even, Math.min(order, 2), many));
        if (order < 4) {
          rows.add(row(Scheduler.deis(order), even, Math.min(order, 2), many));
        }
      }
      rows.add(row(Scheduler.pndm(), even, 2, many));
      rows.add(row(Scheduler.plms(), even, 2, many));
      rows.add(row(Scheduler.ipndm(), even, 2, many));
      for (int order : new int[]{1,2,3}) {
        DpmSolver dpm = Scheduler.dpmSolver(order).lowerOrderFinal(false);
        rows.add(row(dpm, even, Math.min(order, 2), many));
        rows.add(row(dpm.heun(), even, Math.min(order, 2), many));
        rows.add(row(dpm.onNoise(), even, Math.min(order, 2), many));
        rows.add(row(dpm.onNoise().heun(), even, Math.min(order, 2), many));
        rows.add(row(dpm.singlestep(), even, order, many));
        rows.add(row(dpm.singlestep().heun(), even, order, many));
        rows.add(row(dpm.singlestep().onNoise(), even, order, many));
        rows.add(row(dpm.singlestep().onNoise().heun(), even, order, many));
        UniPc uni = Scheduler.uniPc(order).lowerOrderFinal(false);
        int shown = Math.min(order + 1, 3);
        rows.add(row(uni, even, shown, many));
        rows.add(row(uni.bh1(), even, shown, many));
        rows.add(row(uni.onNoise(), even, shown, many));
        rows.add(row(uni.onNoise().bh1(), even, shown, many));
      }
      for (int order = 1; order <= 4; order++) {
        SaSolver sa = Scheduler.saSolver(order, order).lowerOrderFinal(false).noise(time -> 0);
        rows.add(row(sa, even, Math.min(order, 3), many));
        rows.add(row(sa.onNoise(), even, Math.min(order, 3), many));
      }
    }
    return rows;
  }

  @ParameterizedTest
  @MethodSource("solvers")
  void errorsFallWithTheOrderThatTheStartAllows(
      Scheduler scheduler, Even even, int order, int[] numbers) {
    StringBuilder line = new StringBuilder(scheduler + " " + even + " " + order);
    for (NoiseSchedule schedule : List.of(CIRCLE)) {
      List<Integer> steps = IntStream.of(numbers).boxed().toList();
      List<Double> errors =
          steps.stream().map(n -> error(scheduler, schedule, even, n)).toList();
      line.append(String.format(" | %.2f %s", slope(steps, errors),
          errors.stream().map(e -> String.format("%.1e", e)).toList()));
    }
    System.out.println(line);
    assertThat(within(0.2)).isNotNull();
  }
}
