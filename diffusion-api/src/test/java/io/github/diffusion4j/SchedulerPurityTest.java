package io.github.diffusion4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.diffusion4j.Scheduler.Variance;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One scheduler in many runs, and with networks that give a variance too. */
class SchedulerPurityTest {

  private static final NoiseSchedule SCHEDULE = NoiseSchedule.scaledLinear(1000, .00085, .012);
  private static final Shape SHAPE = Shape.images(2, 3, 4, 4);

  /** Twice the channels, as DeepFloyd IF's networks give them. */
  private static final Denoiser SIX_CHANNELS =
      Denoiser.of(
          (x, times, inputs) -> {
            float[] noise = x.toArray();
            for (int i = 0; i < noise.length; i++) {
              noise[i] = (float) (.8 * Math.sin(2.0 * noise[i] + times[0] / 500));
            }
            Tensor predicted = Tensor.of(x.shape(), noise);
            return Tensors.concatChannels(List.of(predicted, predicted.times(.5)));
          },
          PredictionType.EPSILON);

  static Stream<Scheduler> schedulers() {
    DpmSolver dpm = Scheduler.dpmSolver(3);
    return Stream.of(
        Scheduler.ddim(),
        Scheduler.ddim(.5),
        Scheduler.eulerAncestral(),
        Scheduler.ddpm(Variance.SMALL),
        Scheduler.ddpm(Variance.LARGE),
        Scheduler.ddpm(Variance.LEARNED),
        Scheduler.heun(),
        Scheduler.kdpm2(),
        Scheduler.kdpm2Ancestral(),
        Scheduler.lms(4),
        Scheduler.deis(3),
        Scheduler.pndm(),
        Scheduler.plms(),
        Scheduler.ipndm(),
        dpm,
        dpm.onNoise(),
        dpm.stochastic(),
        dpm.singlestep(),
        dpm.singlestep().heun(),
        Scheduler.dpmSolver(2).onNoise().stochastic(),
        Scheduler.uniPc(3),
        Scheduler.uniPc(2).onNoise().bh1(),
        Scheduler.saSolver(3, 3),
        Scheduler.saSolver(2, 2).onNoise(),
        Scheduler.renoising(),
        Scheduler.lcm(),
        Scheduler.tcd(SCHEDULE, .3));
  }

  private static Tensor run(Scheduler scheduler, long seed) {
    Sampling request =
        Sampling.fromNoise(SHAPE).steps(8).spacing(Spacing.leading(1)).scheduler(scheduler);
    return Sampler.of(SIX_CHANNELS, SCHEDULE).sample(request.seed(seed));
  }

  @ParameterizedTest
  @MethodSource("schedulers")
  void eightThreadsWithOneSchedulerGetTheNumbersOfOne(Scheduler scheduler) throws Exception {
    List<Tensor> alone = IntStream.range(0, 8).mapToObj(i -> run(scheduler, i)).toList();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Tensor>> runs =
          IntStream.range(0, 32)
              .<Callable<Tensor>>mapToObj(i -> () -> run(scheduler, i % 8))
              .toList();
      int i = 0;
      for (Future<Tensor> together : threads.invokeAll(runs)) {
        assertThat(together.get()).isEqualTo(alone.get(i++ % 8));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @ParameterizedTest
  @MethodSource("schedulers")
  void aNetworkWithTwiceTheChannelsIsSplitForEveryScheduler(Scheduler scheduler) {
    Tensor images = run(scheduler, 1);
    assertThat(images.shape()).isEqualTo(SHAPE);
    assertThat(images.isFinite()).isTrue();
  }

  static Stream<Scheduler> multistep() {
    return schedulers()
        .filter(s -> !s.toString().contains("kdpm2") && !s.toString().contains("LEARNED"))
        .filter(s -> !s.toString().startsWith("tcd") && !s.toString().matches("pndm|plms"));
  }

  /** The usual spacing of a flow starts without signal, where σ and λ are not finite. */
  @ParameterizedTest
  @MethodSource("multistep")
  void aRunMayStartWithoutSignal(Scheduler scheduler) {
    Denoiser decay = Denoiser.of((x, times, inputs) -> x.times(-.5), PredictionType.FLOW_TO_DATA);
    for (int steps : new int[] {4, 6, 20}) {
      Sampling request = Sampling.fromNoise(SHAPE).steps(steps).scheduler(scheduler);
      Tensor images = Sampler.of(decay, NoiseSchedule.rectifiedFlow()).sample(request);
      assertThat(images.isFinite()).isTrue();
      float largest = 0;
      for (float value : images.toArray()) {
        largest = Math.max(largest, Math.abs(value));
      }
      assertThat(largest).isBetween(.1f, 10f);
    }
  }
}
