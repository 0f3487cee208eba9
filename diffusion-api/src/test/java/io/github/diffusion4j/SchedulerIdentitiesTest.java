package io.github.diffusion4j;

import static io.github.diffusion4j.TestTensors.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.diffusion4j.Scheduler.Variance;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What methods of different names have in common. */
class SchedulerIdentitiesTest {

  private static final Shape SHAPE = Shape.images(2, 1, 4, 4);
  private static final Shape ONE = Shape.images(1, 1, 4, 4);
  private static final Denoiser IDEAL =
      new IdealDenoiser(
          IntStream.range(0, 5).mapToObj(i -> TestTensors.noise(40 + i, ONE)).toList());
  private static final NoiseSchedule COSINE = NoiseSchedule.squaredCosine(1000);
  private static final NoiseSchedule SCALED = NoiseSchedule.scaledLinear(1000, .00085, .012);
  private static final NoiseSchedule FLOW = NoiseSchedule.rectifiedFlow();
  private static final Scheduler DDIM = Scheduler.ddim();

  /** A run between two levels that both have signal and noise. */
  private static Tensor inner(NoiseSchedule schedule, Scheduler scheduler) {
    Sampling request =
        Sampling.fromNoise(SHAPE)
            .spacing(Spacing.ofSigmas(8, 5, 3, 2, 1.2, .7, .4, .2))
            .steps(7)
            .scheduler(scheduler);
    return Sampler.of(IDEAL, schedule).sample(request);
  }

  static Stream<Scheduler> namesOfDdim() {
    DpmSolver dpm = Scheduler.dpmSolver(1);
    return Stream.of(
        Scheduler.euler(),
        dpm,
        dpm.heun(),
        dpm.singlestep(),
        dpm.onNoise(),
        dpm.onNoise().singlestep(),
        Scheduler.uniPc(1).uncorrected(0, 1, 2, 3, 4, 5),
        Scheduler.uniPc(1).bh1().onNoise().uncorrected(0, 1, 2, 3, 4, 5),
        Scheduler.deis(1),
        Scheduler.lms(1));
  }

  @ParameterizedTest
  @MethodSource("namesOfDdim")
  void everySolverOfOrderOneIsDdimOnAnyPath(Scheduler scheduler) {
    for (NoiseSchedule schedule :
        List.of(SCALED, SCALED.exploding(), FLOW, NoiseSchedule.edm(.01, 80, .5))) {
      assertClose(inner(schedule, scheduler), inner(schedule, DDIM), 2e-5);
    }
  }

  static Stream<Scheduler> namesOfNoisyDdim() {
    return Stream.of(
        Scheduler.eulerAncestral(),
        Scheduler.ddpm(Variance.SMALL),
        Scheduler.dpmSolver(1).stochastic(),
        Scheduler.dpmSolver(1).stochastic().singlestep());
  }

  @ParameterizedTest
  @MethodSource("namesOfNoisyDdim")
  void everyAncestralMethodOfOrderOneIsDdimWithAllOfItsNoise(Scheduler scheduler) {
    for (NoiseSchedule schedule : List.of(SCALED, SCALED.exploding(), FLOW)) {
      assertClose(inner(schedule, scheduler), inner(schedule, Scheduler.ddim(1)), 5e-5);
    }
  }

  @Test
  void eulerOfDiffusersIsDdimOnImagesDividedByTheirSignal() {
    List<NoiseLevel> levels = Spacing.trailing().timeline(SCALED, 20).levels();
    List<Frame> preserving = new ArrayList<>();
    List<Frame> exploding = new ArrayList<>();
    Tensor start = TestTensors.noise(7, SHAPE);
    Sampling request = Sampling.fromNoisy(start, 0).steps(20).scheduler(DDIM);
    Sampler.of(IDEAL, SCALED).frames(request).forEach(preserving::add);
    Tensor divided = start.times(1 / levels.get(0).signal());
    Sampler.of(IDEAL, SCALED.exploding())
        .frames(Sampling.fromNoisy(divided, 0).steps(20).scheduler(Scheduler.euler()))
        .forEach(exploding::add);
    for (int i = 0; i < 20; i++) {
      Tensor back = exploding.get(i).sample().times(levels.get(i + 1).signal());
      assertClose(back, preserving.get(i).sample(), 1e-5);
    }
  }

  @Test
  void anExplodingScheduleAsksTheNetworkTheSameAsBefore() {
    for (int position : new int[] {0, 17, 500, 999}) {
      NoiseLevel plain = SCALED.at(position);
      NoiseLevel exploding = SCALED.exploding().at(position);
      Tensor clean = TestTensors.noise(1, SHAPE);
      Tensor noise = TestTensors.noise(2, SHAPE);
      assertThat(exploding.time()).isEqualTo(plain.time());
      assertClose(
          exploding.mix(clean, noise).times(exploding.inputScale()),
          plain.mix(clean, noise).times(plain.inputScale()),
          1e-6);
    }
  }

  private static Tensor flow(Scheduler scheduler, int steps, double factor, double constant) {
    Predictor field =
        (x, times, inputs) ->
            Tensors.mix(factor, x, constant, Tensor.of(x.shape(), filled(x.shape().elements(), 1)));
    Denoiser denoiser = Denoiser.of(field, PredictionType.FLOW_TO_DATA);
    Tensor start = Tensor.of(SHAPE, filled(SHAPE.elements(), 1));
    return Sampler.of(denoiser, FLOW)
        .sample(Sampling.fromNoisy(start, 0).steps(steps).scheduler(scheduler));
  }

  private static float[] filled(int count, float value) {
    float[] values = new float[count];
    Arrays.fill(values, value);
    return values;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 10, 50})
  void heunsStepsOnALinearFlowAreItsSeriesToOrderTwo(int steps) {
    double h = 1.0 / steps;
    double expected = Math.pow(1 - h + h * h / 2, steps - 1) * (1 - h);
    Tensor found = flow(Scheduler.heun(), steps, -1, 0);
    assertThat((double) found.get(0, 0, 0, 0)).isCloseTo(expected, within(2e-6));
  }

  /** Acceptance 37. */
  @ParameterizedTest
  @ValueSource(ints = {1, 7, 50, 300})
  void eulerOnAConstantFieldIsExactForAnyNumberOfSteps(int steps) {
    for (Scheduler scheduler : List.of(Scheduler.euler(), Scheduler.heun())) {
      Tensor found = flow(scheduler, steps, 0, .75);
      // Every step rounds three times to float32.
      double rounding = Math.max(1e-6, 3 * steps * 0x1p-24);
      assertThat((double) found.get(1, 0, 3, 3)).isCloseTo(1.75, within(rounding));
    }
  }

  /** Acceptance 37. */
  @Test
  void eulerOnADecayingFieldIsThePower() {
    assertThat((double) flow(Scheduler.euler(), 50, -1, 0).get(0, 0, 0, 0))
        .isCloseTo(.3641697, within(2e-6));
    assertThat((double) flow(Scheduler.euler(), 300, -1, 0).get(0, 0, 0, 0))
        .isCloseTo(.3672655, within(2e-6));
  }

  /** Acceptance 38. */
  @Test
  void aSingleStepWithTheTrueNoiseGivesTheTrueImageWithoutADraw() {
    NoiseSchedule one = NoiseSchedule.ofBetas(.5);
    Tensor clean = TestTensors.noise(1, SHAPE);
    Tensor noise = TestTensors.noise(2, SHAPE);
    for (Variance variance : List.of(Variance.SMALL, Variance.LARGE)) {
      Step step =
          Step.of(
              one.at(0).mix(clean, noise),
              one.at(0),
              one.at(-1),
              Estimate.of(clean, noise),
              List.of(),
              () -> {
                throw new AssertionError("no noise at t = 1");
              });
      assertClose(Scheduler.ddpm(variance).next(step).next(), clean, 1e-5);
    }
  }

  private static Tensor whole(Scheduler scheduler, Spacing spacing, long seed) {
    Sampling request = Sampling.fromNoise(SHAPE).steps(12).spacing(spacing).seed(seed);
    return Sampler.of(IDEAL, COSINE).sample(request.scheduler(scheduler));
  }

  @Test
  void tcdThatOvershootsNothingIsDdim() {
    assertThat(whole(Scheduler.tcd(COSINE, 0), Spacing.leading(0), 3))
        .isEqualTo(whole(DDIM, Spacing.leading(0), 3));
  }

  @Test
  void lcmWithoutBoundaryIsRenoising() {
    assertThat(whole(new Lcm(0), Spacing.leading(0), 3))
        .isEqualTo(whole(Scheduler.renoising(), Spacing.leading(0), 3));
    assertClose(
        whole(new Lcm(1e6), Spacing.of(900, 600, 300, 100, 80, 60, 50, 40, 30, 20, 10, 5), 3),
        whole(
            Scheduler.renoising(),
            Spacing.of(900, 600, 300, 100, 80, 60, 50, 40, 30, 20, 10, 5),
            3),
        1e-5);
  }

  @Test
  void saSolverWithoutNoiseTakesNothingOfItsDraws() {
    for (SaSolver solver : List.of(Scheduler.saSolver(2, 2), Scheduler.saSolver(3, 4).onNoise())) {
      Tensor start = TestTensors.noise(5, SHAPE);
      List<Tensor> results = new ArrayList<>();
      for (long seed : new long[] {1, 2}) {
        Sampling request = Sampling.fromNoisy(start, 0).steps(12).spacing(Spacing.leading(0));
        results.add(
            Sampler.of(IDEAL, COSINE)
                .sample(request.seed(seed).scheduler(solver.noise(time -> 0))));
      }
      assertThat(results.get(0)).isEqualTo(results.get(1));
    }
  }

  @Test
  void resamplingOnceAndChurningByNothingAreThePlainSpacing() {
    Spacing plain = Spacing.leading(0);
    for (Spacing same :
        List.of(
            plain.resampled(3, 1), plain.resampled(10, 1), plain.churned(0, 0, Double.MAX_VALUE))) {
      assertThat(same.timeline(COSINE, 12).levels()).isEqualTo(plain.timeline(COSINE, 12).levels());
      assertThat(whole(Scheduler.ddim(1), same, 3)).isEqualTo(whole(Scheduler.ddim(1), plain, 3));
    }
  }

  @Test
  void inverseDdimAndThenDdimGiveTheImageBack() {
    // Of one image and a little more, so that the flow between is smooth.
    Tensor image = TestTensors.noise(40, ONE);
    double[] sigmas =
        IntStream.rangeClosed(0, 200).mapToDouble(i -> 3 * Math.pow(.99, 2 * i)).toArray();
    List<NoiseLevel> levels = Spacing.ofSigmas(sigmas).timeline(FLOW, 200).levels();
    Tensor x = levels.get(200).mix(image, TestTensors.noise(8, ONE));
    Tensor start = x;
    for (int i = 200; i > 0; i--) {
      x = step(x, levels.get(i), levels.get(i - 1));
    }
    assertThat(Tensors.mix(1, x, -1, start).toArray()).isNotEqualTo(new float[16]);
    for (int i = 0; i < 200; i++) {
      x = step(x, levels.get(i), levels.get(i + 1));
    }
    assertClose(x, start, .02);
  }

  @Test
  void singleStepsMayEndWithEulersMethod() {
    Spacing spacing = Spacing.ofSigmas(3, 2, 1, .5, .25);
    Scheduler solver = Scheduler.dpmSolver(2).singlestep().lowerOrderFinal(false).eulerAtFinal();
    Sampling request = Sampling.fromNoise(ONE).steps(4).spacing(spacing).seed(3);
    List<Frame> frames = new ArrayList<>();
    Sampler.of(IDEAL, FLOW).frames(request.scheduler(solver)).forEach(frames::add);
    List<NoiseLevel> levels = spacing.timeline(FLOW, 4).levels();
    Tensor end = step(frames.get(2).sample(), levels.get(3), levels.get(4));
    assertClose(frames.get(3).sample(), end, 1e-6);
  }

  private static Tensor step(Tensor x, NoiseLevel from, NoiseLevel to) {
    Estimate estimate = IDEAL.estimate(List.of(new Query(x, from, Conditioning.none()))).get(0);
    Step step = Step.of(x, from, to, estimate, List.of(), () -> Tensor.zeros(x.shape()));
    return DDIM.next(step).next();
  }
}
