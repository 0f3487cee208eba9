package io.github.diffusion4j;

import static io.github.diffusion4j.TestTensors.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class SamplerTest {

  private static final Shape SHAPE = Shape.images(4, 1, 4, 4);
  private static final NoiseSchedule FLOW = NoiseSchedule.rectifiedFlow();
  private static final Denoiser IDEAL =
      new IdealDenoiser(
          List.of(
              TestTensors.noise(100, SHAPE.withBatch(1)),
              TestTensors.noise(200, SHAPE.withBatch(1)),
              TestTensors.noise(300, SHAPE.withBatch(1))));

  private static Sampler flow(Predictor field) {
    return Sampler.of(Denoiser.of(field, PredictionType.FLOW_TO_DATA), FLOW);
  }

  @Test
  void theIdealDenoiserLeadsToImagesOfItsDataSet() {
    IdealDenoiser ideal = (IdealDenoiser) IDEAL;
    for (Scheduler scheduler :
        List.of(Scheduler.ddim(), Scheduler.ddim(1), Scheduler.ddpm(Scheduler.Variance.SMALL))) {
      for (NoiseSchedule schedule : List.of(FLOW, NoiseSchedule.squaredCosine(1000))) {
        Tensor images =
            Sampler.of(ideal, schedule).sample(Sampling.fromNoise(SHAPE).scheduler(scheduler));
        for (int i = 0; i < SHAPE.batch(); i++) {
          Tensor image = images.images(i, i + 1);
          assertThat(ideal.data()).anySatisfy(data -> assertClose(image, data, 1e-3));
        }
      }
    }
  }

  @Test
  void imagesDoNotDependOnHowTheBatchIsCut() {
    Sampler sampler = Sampler.of(IDEAL, FLOW);
    Sampling request = Sampling.fromNoise(SHAPE).scheduler(Scheduler.ddim(1)).steps(10);
    Tensor whole = sampler.sample(request.seed(40));
    Tensor half =
        sampler.sample(
            Sampling.fromNoise(SHAPE.withBatch(2)).scheduler(Scheduler.ddim(1)).steps(10).seed(42));
    assertThat(whole.images(2, 4)).isEqualTo(half);
  }

  @Test
  void framesAreTheStepsAndEveryIterationIsTheSameRun() {
    Iterable<Frame> frames = Sampler.of(IDEAL, FLOW).frames(Sampling.fromNoise(SHAPE).steps(5));
    List<Tensor> first = new ArrayList<>();
    for (Frame frame : frames) {
      first.add(frame.sample());
      assertThat(frame.index()).isEqualTo(first.size());
      assertThat(frame.steps()).isEqualTo(5);
      assertThat(frame.level().noise()).isCloseTo(1 - first.size() / 5.0, within(1e-12));
    }
    List<Tensor> second = new ArrayList<>();
    frames.forEach(frame -> second.add(frame.sample()));
    assertThat(second).hasSize(5).isEqualTo(first);
  }

  @Test
  void anEditPastTheEndReturnsTheImageAndNearTheStartForgetsIt() {
    Tensor image = TestTensors.noise(100, SHAPE.withBatch(1));
    Sampler sampler = Sampler.of(IDEAL, FLOW);
    assertThat(sampler.sample(Sampling.edit(image, 50))).isEqualTo(image);
    assertClose(sampler.sample(Sampling.edit(image, 40)), image, 1e-3);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> sampler.sample(Sampling.edit(image, 51)))
        .withMessageContaining("[0, 50], got 51");
  }

  @Test
  void aSchedulerIsHandedTheHistoryThatItAsksFor() {
    List<Integer> seen = new ArrayList<>();
    Scheduler lookingBack =
        new Scheduler() {
          @Override
          public Move next(Step step) {
            seen.add(step.history().size());
            return Scheduler.ddim().next(step).correcting(step.sample());
          }

          @Override
          public int memory() {
            return 2;
          }
        };
    Sampler.of(IDEAL, FLOW).sample(Sampling.fromNoise(SHAPE).steps(4).scheduler(lookingBack));
    assertThat(seen).containsExactly(0, 1, 2, 2);
  }

  @Test
  void aTwoStepMethodIsMoreExactThanEulersOnACurvedFlow() {
    Sampler sampler = flow((x, times, inputs) -> x.times(-1));
    Tensor start = Noise.perImage(0).stream(SHAPE).next();
    double exact = start.get(0, 0, 0, 0) * Math.exp(-1);
    Sampling request = Sampling.fromNoise(SHAPE).steps(50);
    double euler = sampler.sample(request).get(0, 0, 0, 0);
    double second = sampler.sample(request.scheduler(new AdamsBashforth())).get(0, 0, 0, 0);
    assertThat(Math.abs(second - exact)).isLessThan(Math.abs(euler - exact) / 20);
  }

  /** The two-step method of Adams and Bashforth on the flow, as someone outside would write it. */
  private record AdamsBashforth() implements Scheduler {

    @Override
    public Move next(Step step) {
      double h = step.level().noise() - step.next().noise();
      Tensor flow = flow(step.level(), step.estimate());
      Tensor slope =
          step.history().isEmpty()
              ? flow
              : Tensors.mix(
                  1.5,
                  flow,
                  -.5,
                  flow(step.history().get(0).level(), step.history().get(0).estimate()));
      return Move.to(Tensors.mix(1, step.sample(), h, slope));
    }

    private static Tensor flow(NoiseLevel level, Estimate estimate) {
      return PredictionType.FLOW_TO_DATA.target(estimate.clean(), estimate.noise(), level);
    }

    @Override
    public int memory() {
      return 1;
    }
  }

  @Test
  void eightThreadsOnOneSamplerGetTheSameImages() throws Exception {
    Sampler sampler = Sampler.of(IDEAL, FLOW);
    Sampling request = Sampling.fromNoise(SHAPE).scheduler(Scheduler.ddim(1));
    Tensor alone = sampler.sample(request);
    ExecutorService pool = Executors.newFixedThreadPool(8);
    try {
      List<Future<Tensor>> results = new ArrayList<>();
      for (int i = 0; i < 32; i++) {
        results.add(pool.submit(() -> sampler.sample(request)));
      }
      for (Future<Tensor> result : results) {
        assertThat(result.get()).isEqualTo(alone);
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void questionsOfOneStepGoToTheNetworkAsOneBatch() {
    List<Shape> shapes = new ArrayList<>();
    Predictor network =
        (x, times, inputs) -> {
          shapes.add(x.shape());
          assertThat(times).hasSize(x.shape().batch());
          assertThat(inputs.get("class").shape()).isEqualTo(Shape.of(x.shape().batch(), 10));
          return x;
        };
    Conditioning zero = Conditioning.none().global("class", Tensor.zeros(Shape.of(1, 10)));
    Conditioning digits = Conditioning.none().global("class", Tensor.oneHot(10, 1, 2, 3, 4));
    flow(network)
        .sample(
            Sampling.fromNoise(SHAPE).steps(1).guidance(Guidance.classifierFree(5, digits, zero)));
    assertThat(shapes).containsExactly(SHAPE.withBatch(8));
  }

  @Test
  void aLearnedVarianceIsTheSecondHalfOfTheChannels() {
    Predictor network = (x, times, inputs) -> Tensor.of(Shape.images(1, 2, 1, 1), 3, .25f);
    Query query = new Query(TestTensors.row(1), NoiseLevel.of(.6, .8, 0), Conditioning.none());
    Estimate estimate = Denoiser.of(network, PredictionType.EPSILON).estimate(query);
    assertThat(estimate.noise().get(0, 0, 0, 0)).isCloseTo(3, within(1e-6f));
    assertThat(estimate.variance().orElseThrow()).isEqualTo(TestTensors.row(.25f));
  }

  @Test
  void requestsOutOfRangeAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Sampling.fromNoise(Shape.of(1, 28, 28)))
        .withMessageContaining("[1, 28, 28]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Sampling.fromNoise(SHAPE).steps(0))
        .withMessageContaining("[1, 1000000], got 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Sampling.edit(Tensor.zeros(SHAPE).times(Double.NaN), 1))
        .withMessageContaining("finite");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Conditioning.none().global("class", TestTensors.row(Float.NaN)))
        .withMessageContaining("input class must be finite");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new Query(Tensor.zeros(SHAPE.withBatch(0)), FLOW.at(1), Conditioning.none()))
        .withMessageContaining("at least one image, got [0, ");
    NoiseSchedule short300 = NoiseSchedule.linear(300, 1e-4, .02);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Spacing.trailing().timeline(short300, 301))
        .withMessageContaining("trailing spacing makes 1 to 300 steps on linear(300")
        .withMessageContaining("got 301");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new Query(
                    Tensor.zeros(SHAPE),
                    FLOW.at(1),
                    Conditioning.none().global("class", Tensor.oneHot(10, 1, 2))))
        .withMessageContaining("1 entry or one for each of 4 images, got 2");
  }

  @Test
  void anAnswerThatIsNotANumberIsNamedWithItsStep() {
    Predictor failing = (x, times, inputs) -> times[0] < .5 ? x : x.times(Double.POSITIVE_INFINITY);
    Sampler sampler = Sampler.of(Denoiser.of(failing, PredictionType.FLOW_TO_DATA), FLOW);
    assertThatExceptionOfType(DiffusionException.class)
        .isThrownBy(() -> sampler.sample(Sampling.fromNoise(SHAPE).steps(4)))
        .withMessageContaining("NaN or infinity at step 3 of 4 (network time 0.5)");
  }

  @Test
  void partsThatGiveOtherShapesAreToldWhere() {
    Sampler sampler = Sampler.of(IDEAL, FLOW);
    Sampling request = Sampling.fromNoise(SHAPE).steps(2);
    Tensor small = Tensor.zeros(Shape.images(1, 1, 1, 1));
    assertThatExceptionOfType(DiffusionException.class)
        .isThrownBy(() -> sampler.sample(request.scheduler(step -> Move.to(small))))
        .withMessageContaining("images made must be " + SHAPE)
        .withMessageContaining("at step 1 of 2");
    assertThatExceptionOfType(DiffusionException.class)
        .isThrownBy(() -> sampler.sample(request.projection((made, step, noise) -> small)))
        .withMessageContaining("[1, 1, 1, 1]");
    Denoiser silent = queries -> List.of();
    assertThatExceptionOfType(DiffusionException.class)
        .isThrownBy(() -> Sampler.of(silent, FLOW).sample(request))
        .withMessageContaining("expected 1, found 0");
  }
}
