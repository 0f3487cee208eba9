package io.github.diffusion4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
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
