package io.github.diffusion4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.diffusion4j.Scheduler.Variance;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Acceptance 14 and 15: whole loops against those of diffusers and of the course. */
class LoopsTest {

  private static final NoiseSchedule COSINE = NoiseSchedule.squaredCosine(1000);
  private static final Guidance PLAIN = Guidance.of(Conditioning.none());
  private static final Noise SILENT = shape -> () -> Tensor.zeros(shape);

  /** {@code 4·deter − 2}, where deter are the numbers k/768 with the last axis first. */
  private static Tensor start() {
    float[] values = new float[768];
    for (int k = 0; k < 768; k++) {
      values[k % 4 * 192 + k / 4] = 4 * (k / 768f) - 2;
    }
    return Tensor.of(Shape.images(4, 3, 8, 8), values);
  }

  /** A closed form in place of a network: its ε, and {@code v = sin(3ε)}. */
  private static Denoiser closedForm(DoubleBinaryOperator epsilon) {
    Predictor predictor =
        (Tensor x, double[] times, Map<String, Tensor> inputs) -> {
          float[] values = x.toArray();
          float[] variances = new float[values.length];
          for (int i = 0; i < values.length; i++) {
            values[i] = (float) epsilon.applyAsDouble(values[i], times[0]);
            variances[i] = (float) Math.sin(3 * values[i]);
          }
          return Tensors.concatChannels(
              List.of(Tensor.of(x.shape(), values), Tensor.of(x.shape(), variances)));
        };
    return Denoiser.of(predictor, PredictionType.EPSILON);
  }

  private static final Denoiser WAVE = closedForm((s, t) -> .8 * Math.sin(2 * s + t / 500));
  private static final Denoiser TOY = closedForm((s, t) -> s * t / (t + 1));

  private static double sumOfSizes(Tensor tensor) {
    double sum = 0;
    for (float value : tensor.toArray()) {
      sum += Math.abs(value);
    }
    return sum;
  }

  @ParameterizedTest
  @CsvSource({"1.5, 278.0449", "1.0, 398.0069"})
  void theIfLoopIsDiffusers(double most, double sum) {
    Sampling request =
        Sampling.fromNoisy(start(), 0)
            .spacing(Spacing.leading(0))
            .steps(10)
            .scheduler(Scheduler.ddpm(Variance.LEARNED))
            .guidance(PLAIN.thresholded(.95, most))
            .noise(Noise.torch(0));
    Tensor result = Sampler.of(WAVE, COSINE).sample(request);
    assertThat(sumOfSizes(result)).isCloseTo(sum, within(sum * 1e-4));
    if (most == 1.5) {
      assertThat((double) result.get(0, 0, 0, 0)).isCloseTo(-.6376193, within(5e-6));
      assertThat((double) result.get(0, 0, 0, 1)).isCloseTo(-.2027815, within(5e-6));
      assertThat((double) result.get(0, 0, 0, 2)).isCloseTo(-.3957697, within(5e-6));
    }
  }

  @Test
  void oneStepOfTheIfLoopIsDiffusers() {
    Sampling request =
        Sampling.fromNoisy(start(), 10)
            .spacing(Spacing.strided(30))
            .scheduler(Scheduler.ddpm(Variance.LEARNED))
            .guidance(PLAIN.thresholded(.95, 1.5))
            .noise(Noise.torch(0));
    Frame first = Sampler.of(WAVE, COSINE).frames(request).iterator().next();
    assertThat(sumOfSizes(first.sample())).isCloseTo(747.0667, within(.07));
    assertThat(sumOfSizes(first.estimate().clean())).isCloseTo(682.9086, within(.07));
  }

  private static Sampling courseLoop(Noise noise) {
    return Sampling.fromNoisy(start(), 0)
        .spacing(Spacing.strided(30))
        .scheduler(Scheduler.ddpm(Variance.LEARNED))
        .guidance(PLAIN)
        .noise(noise);
  }

  @Test
  void theCourseLoopMakesThirtyThreeCallsAndDoesNotClip() {
    List<Frame> frames = new ArrayList<>();
    Sampler.of(TOY, COSINE).frames(courseLoop(Noise.torch(0))).forEach(frames::add);
    assertThat(frames).hasSize(33);
    Tensor result = frames.get(32).sample();
    assertThat(sumOfSizes(result)).isCloseTo(276.3668, within(.027));
    assertThat((double) result.get(0, 0, 0, 0)).isCloseTo(-.5147066, within(5e-6));
  }

  @Test
  void theCourseLoopWithoutNoise() {
    Tensor result = Sampler.of(TOY, COSINE).sample(courseLoop(SILENT));
    assertThat(sumOfSizes(result)).isCloseTo(3.16813, within(3e-4));
  }

  @Test
  void theIfLoopOnTheCoursesListIsAnother() {
    double[] list = new double[34];
    for (int i = 0; i < 34; i++) {
      list[i] = 990 - 30 * i;
    }
    Sampling request =
        courseLoop(Noise.torch(0)).spacing(Spacing.of(list)).guidance(PLAIN.thresholded(.95, 1.5));
    List<Frame> frames = new ArrayList<>();
    Sampler.of(TOY, COSINE).frames(request).forEach(frames::add);
    assertThat(frames).hasSize(34);
    assertThat(sumOfSizes(frames.get(33).sample())).isCloseTo(269.3199, within(.026));
  }
}
