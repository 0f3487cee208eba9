package io.github.diffusion4j.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.diffusion4j.NoiseSchedule;
import io.github.diffusion4j.Sampler;
import io.github.diffusion4j.Sampling;
import io.github.diffusion4j.SchedulerConfig;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.onnx.OnnxDenoiser;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The digits' flow, whose clock ends at 1, by configurations whose clock ends at 1000. */
class ConfiguredDigitsTest {

  @ParameterizedTest
  @ValueSource(strings = {"FlowMatchEulerDiscreteScheduler", "FlowMatchHeunDiscreteScheduler"})
  void aConfigurationOfAnotherClockMakesTheDigitsThatAreAsked(String name) throws Exception {
    SchedulerConfig config = SchedulerConfig.of(Map.of("_class_name", name));
    int[] labels = IntStream.range(0, Digits.CLASSES).toArray();
    Sampling request = config.on(Digits.request(labels, 5)).steps(20).seed(0);
    try (OnnxDenoiser denoiser = OnnxDenoiser.open(Path.of("models/digits.onnx"));
        Judge judge = new Judge(Path.of("models/judge.onnx"))) {
      assertThat(denoiser.schedule()).isEqualTo(NoiseSchedule.rectifiedFlow());
      Tensor images = Sampler.of(denoiser).sample(request);
      Judge.Verdict verdict = judge.judge(images);
      assertThat(Arrays.stream(labels).map(verdict::digit))
          .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    }
  }
}
