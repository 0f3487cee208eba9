package io.github.diffusion4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.diffusion4j.Conditioning;
import io.github.diffusion4j.Guidance;
import io.github.diffusion4j.Noise;
import io.github.diffusion4j.NoiseSchedule;
import io.github.diffusion4j.PredictionType;
import io.github.diffusion4j.Sampler;
import io.github.diffusion4j.Sampling;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SamplingTest {

  private static final Shape SHAPE = Shape.images(3, 1, 8, 8);

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 50, 300})
  void aConstantFieldMovesTheNoiseByItself(int steps) {
    try (OnnxDenoiser model = Models.open("constant-flow")) {
      Tensor noise = Noise.perImage(5).stream(SHAPE).next();
      Tensor image = Sampler.of(model).sample(Sampling.fromNoise(SHAPE).seed(5).steps(steps));

      float[] expected = noise.toArray();
      float[] found = image.toArray();
      for (int i = 0; i < found.length; i++) {
        assertThat(found[i]).isCloseTo(expected[i] + 0.5f, within(1e-6f + 1e-8f * steps));
      }
    }
  }

  @Test
  void guidanceAsksBothQuestionsOfAStepAndBatchesDoNotMatter() {
    Conditioning three = Conditioning.none().global("class", Tensor.oneHot(10, 3));
    Conditioning none = Conditioning.none().global("class", Tensor.zeros(Shape.of(1, 10)));
    try (OnnxDenoiser model = Models.open("class")) {
      Sampler sampler = Sampler.of(model);
      Sampling request =
          Sampling.fromNoise(SHAPE).steps(5).guidance(Guidance.classifierFree(5, three, none));
      Tensor together = sampler.sample(request);
      Tensor last = sampler.sample(withShape(request, 1).seed(2));

      assertThat(together.isFinite()).isTrue();
      assertThat(together.images(2, 3)).isEqualTo(last);
    }
  }

  private static Sampling withShape(Sampling request, int batch) {
    return Sampling.fromNoise(SHAPE.withBatch(batch))
        .steps(request.steps().orElseThrow())
        .guidance(request.guidance());
  }

  @Test
  void theMetadataSaysWhatTheNetworkPredictsAndTheBuilderMaySayOtherwise() {
    try (OnnxDenoiser read = Models.open("linear-schedule");
        OnnxDenoiser told =
            OnnxDenoiser.builder(Models.file("linear-schedule"))
                .prediction(PredictionType.VELOCITY)
                .schedule(NoiseSchedule.rectifiedFlow())
                .threads(1)
                .open()) {
      assertThat(read.prediction()).isEqualTo(PredictionType.EPSILON);
      assertThat(read.schedule()).hasToString("linear(1000, 1.0E-4, 0.02)");
      assertThat(read.metadata()).containsEntry("diffusion4j.prediction", "EPSILON");
      assertThat(read.provider()).isEqualTo(Provider.cpu());
      assertThat(told.prediction()).isEqualTo(PredictionType.VELOCITY);
      assertThat(told.schedule()).hasToString("rectifiedFlow");
    }
  }
}
