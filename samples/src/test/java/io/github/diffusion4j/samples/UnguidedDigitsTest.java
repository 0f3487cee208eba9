package io.github.diffusion4j.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.diffusion4j.Sampler;
import io.github.diffusion4j.Sampling;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.onnx.OnnxDenoiser;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The digits' network at guidance 0, where the class that is asked for has no effect. */
class UnguidedDigitsTest {

  @Test
  void allDigitsAppearWhateverIsAskedFor() throws Exception {
    int[] sevens = IntStream.range(0, 100).map(i -> 7).toArray();
    int[] threes = IntStream.range(0, 100).map(i -> 3).toArray();
    try (OnnxDenoiser denoiser = OnnxDenoiser.open(Path.of("models/digits.onnx"));
        Judge judge = new Judge(Path.of("models/judge.onnx"))) {
      Sampler sampler = Sampler.of(denoiser);
      Sampling request = Digits.request(sevens, 0).steps(20).seed(0);
      Tensor images = sampler.sample(request);
      Tensor others = sampler.sample(Digits.request(threes, 0).steps(20).seed(0));
      assertThat(images.toArray()).isEqualTo(others.toArray());
      Judge.Verdict verdict = judge.judge(images);
      assertThat(IntStream.range(0, 100).map(verdict::digit).distinct().sorted())
          .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    }
  }
}
