package io.github.diffusion4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs that are churned or jump back still end where their data are. */
class JumpsTest {

  private static final double DEVIATION = 0.5;
  private static final NoiseSchedule EDM = NoiseSchedule.edm(0.002, 80, DEVIATION);
  private static final NoiseSchedule LINEAR = NoiseSchedule.linear(1000, 1e-4, 0.02);
  private static final Spacing CHURNED = Spacing.karras().churned(40, 0, 1e9);
  private static final Spacing RESAMPLED = Spacing.trailing().resampled(5, 3);

  static Stream<Arguments> runs() {
    return Stream.of(
        Arguments.of(EDM, CHURNED, Scheduler.ddim()),
        Arguments.of(EDM, CHURNED, Scheduler.heun()),
        Arguments.of(EDM, CHURNED, Scheduler.kdpm2()),
        Arguments.of(EDM, CHURNED, Scheduler.lms(4)),
        Arguments.of(EDM, CHURNED, Scheduler.dpmSolver(2)),
        Arguments.of(LINEAR, RESAMPLED, Scheduler.ddim()),
        Arguments.of(LINEAR, RESAMPLED, Scheduler.heun()),
        Arguments.of(LINEAR, RESAMPLED, Scheduler.dpmSolver(3).singlestep()),
        Arguments.of(LINEAR, RESAMPLED, Scheduler.uniPc(3)),
        Arguments.of(LINEAR, RESAMPLED, Scheduler.saSolver(2, 2)));
  }

  @ParameterizedTest
  @MethodSource("runs")
  void theDeviationOfTheDataIsMet(NoiseSchedule schedule, Spacing spacing, Scheduler scheduler) {
    Shape shape = Shape.images(1, 1, 64, 64);
    Sampling request =
        Sampling.fromNoise(shape).spacing(spacing).scheduler(scheduler).steps(40).seed(3);
    Tensor made = Sampler.of(JumpsTest::ideal, schedule).sample(request);
    assertThat(deviation(made)).isCloseTo(DEVIATION, within(0.12));
  }

  /** The exact answer for images of independent normal values. */
  private static List<Estimate> ideal(List<Query> queries) {
    return queries.stream().map(JumpsTest::ideal).toList();
  }

  private static Estimate ideal(Query query) {
    NoiseLevel level = query.level();
    double a = level.signal();
    double s = level.noise();
    double whole = a * a * DEVIATION * DEVIATION + s * s;
    return Estimate.of(
        query.x().times(a * DEVIATION * DEVIATION / whole), query.x().times(s / whole));
  }

  private static double deviation(Tensor images) {
    double sum = 0;
    for (float value : images.toArray()) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum / images.shape().elements());
  }

  @Test
  void whatCountsItsStepsGoesStraightOn() {
    Sampling request = Sampling.fromNoise(Shape.images(1, 1, 4, 4)).spacing(RESAMPLED).steps(40);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> Sampler.of(JumpsTest::ideal, LINEAR).sample(request.scheduler(Scheduler.plms())))
        .withMessageContainingAll("plms", "churned or resampled");
  }

  @Test
  void aSpacingThatIsChangedStartsWithTheSameNoise() {
    SchedulerConfig config = SchedulerConfig.of(Map.of("_class_name", "EulerDiscreteScheduler"));
    Timeline plain = config.spacing().timeline(config.schedule(), 10);
    Timeline churned = config.spacing().churned(0, 0, 1).timeline(config.schedule(), 10);
    assertThat(churned.startScale()).isEqualTo(plain.startScale());
    assertThat(churned.levels()).isEqualTo(plain.levels());
  }

  @Test
  void aRaisedFirstLevelStartsWithItsOwnNoise() {
    NoiseSchedule edm = NoiseSchedule.edm(0.002, 80, 0.5);
    Timeline churned = Spacing.karras().churned(40, 0, 1e9).timeline(edm, 5);
    assertThat(churned.levels().get(0).noise()).isCloseTo(80 * Math.sqrt(2), within(1e-9));
    assertThat(churned.startScale()).isCloseTo(Math.hypot(1, 80 * Math.sqrt(2)), within(1e-9));
  }

  @ParameterizedTest
  @CsvSource({"250, 10, 10, 2410", "50, 5, 3, 140", "8, 2, 2, 14"})
  void resamplingCostsWhatItsPageSays(int steps, int length, int times, int calls) {
    Timeline timeline = Spacing.leading(0).resampled(length, times).timeline(LINEAR, steps);
    assertThat(timeline.steps()).isEqualTo(calls);
  }

  @Test
  void jumpsGoBackByTheirLength() {
    Timeline timeline = Spacing.leading(0).resampled(2, 2).timeline(LINEAR, 6);
    // RePaintScheduler's timesteps of 6, 2, 2 at which its pipeline asks: 5 4 3 2, 3 2 1 0, 1 0.
    assertThat(timeline.levels())
        .extracting(NoiseLevel::time)
        .containsExactly(830., 664., 498., 332., 498., 332., 166., 0., 166., 0., -1.);
  }

  /** Draws of ones, so that what is added is seen in every value. */
  private static final Noise ONES =
      shape -> {
        float[] ones = new float[shape.elements()];
        Arrays.fill(ones, 1);
        return () -> Tensor.of(shape, ones);
      };

  @Test
  void churningIsKarrasAlgorithm() {
    Shape shape = Shape.images(1, 1, 1, 1);
    List<Query> asked = new ArrayList<>();
    Denoiser noting =
        queries -> {
          asked.addAll(queries);
          return ideal(queries);
        };
    Sampling request =
        Sampling.fromNoise(shape)
            .spacing(Spacing.ofSigmas(8, 4, 1, 0).churned(0.9, 2, 5))
            .steps(3)
            .noise(ONES);
    Tensor last = Sampler.of(noting, EDM).sample(request);

    double[] sigmas = {8, 4, 1, 0};
    double x = Math.hypot(1, 8);
    for (int i = 0; i < 3; i++) {
      double gamma = sigmas[i] >= 2 && sigmas[i] <= 5 ? 0.3 : 0;
      double raised = sigmas[i] * (1 + gamma);
      x += Math.sqrt(raised * raised - sigmas[i] * sigmas[i]);
      assertThat(asked.get(i).level().noise()).isCloseTo(raised, within(1e-9));
      assertThat((double) asked.get(i).x().toArray()[0]).isCloseTo(x, within(1e-5));
      double clean = x * DEVIATION * DEVIATION / (DEVIATION * DEVIATION + raised * raised);
      x += (x - clean) / raised * (sigmas[i + 1] - raised);
    }
    assertThat((double) last.toArray()[0]).isCloseTo(x, within(1e-5));
  }

  @Test
  void aListMakesItsOwnNumberOfSteps() {
    SchedulerConfig config =
        SchedulerConfig.of(
            Map.of("_class_name", "DDPMScheduler"), Map.of("timesteps", List.of(900, 500, 100)));
    assertThat(config.spacing().steps(config.schedule())).isEqualTo(3);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config.spacing().timeline(config.schedule(), 7))
        .withMessage("a list of 3 steps makes as many, got 7");
    Spacing wrong = (schedule, steps) -> new double[] {900, 1};
    assertThatIllegalArgumentException()
        .isThrownBy(() -> wrong.timeline(config.schedule(), 10))
        .withMessageContaining("must give 11 positions, got 2");
  }

  @Test
  void aConfigurationRefusesOtherSchedules() {
    SchedulerConfig config =
        SchedulerConfig.of(Map.of("_class_name", "FlowMatchEulerDiscreteScheduler"));
    Sampling request = config.on(Sampling.fromNoise(Shape.images(1, 1, 4, 4))).steps(4);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> Sampler.of(JumpsTest::ideal, NoiseSchedule.edm(.1, 9, .5)).sample(request))
        .withMessageContainingAll("rectifiedFlow.timed(1000.0, 0.0)", "got one on edm(0.1, ");
  }
}
