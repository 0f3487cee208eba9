package io.github.diffusion4j.onnx.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.onnx.Provider;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whole models on a graphics card, where one is found; {@code mvn -Pgpu verify}. */
@Tag("gpu")
class CudaModelTest {

  private static final Path TINY = Goldens.models().resolve("tiny-if");
  private static final Provider CUDA = Provider.cuda().memoryLimit(2L << 30);

  private static boolean hasCuda() {
    try (DeepFloydIf model = DeepFloydIf.builder(TINY).provider(CUDA).open()) {
      return model.stage1().image().rank() == 4;
    } catch (DiffusionException e) {
      return false;
    }
  }

  private static float[] generate(DeepFloydIf model) {
    Tensor small = model.stage1().generate("a rocket ship").steps(8).seed(3).tensor();
    return model.stage2(small).generate("a rocket ship").steps(4).seed(3).tensor().toArray();
  }

  @Test
  void cudaMakesWhatTheProcessorMakes() {
    assumeTrue(hasCuda(), "no CUDA device that ONNX Runtime can use");
    try (DeepFloydIf cuda = DeepFloydIf.builder(TINY).provider(CUDA).open();
        DeepFloydIf cpu = DeepFloydIf.open(TINY)) {
      float[] expected = generate(cpu);
      float[] found = generate(cuda);
      for (int i = 0; i < expected.length; i++) {
        assertThat(found[i]).isCloseTo(expected[i], within(2e-2f));
      }
    }
  }

  @Test
  void halfPrecisionRunsOnCuda() {
    assumeTrue(hasCuda(), "no CUDA device that ONNX Runtime can use");
    try (DeepFloydIf texts = DeepFloydIf.open(TINY);
        DeepFloydIf half =
            DeepFloydIf.builder(Goldens.resource("/if-half"))
                .embeddings(texts.embeddings())
                .provider(CUDA)
                .open()) {
      assertThat(half.stage1().generate("a dog").steps(3).tensor().isFinite()).isTrue();
    }
  }
}
