package io.github.diffusion4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.Query;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.Tensors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("gpu")
class CudaTest {

  private static boolean hasCuda() {
    try (OnnxDenoiser model =
        OnnxDenoiser.builder(Models.file("constant-flow")).provider(Provider.cuda()).open()) {
      return model.provider().isCuda();
    } catch (DiffusionException e) {
      return false;
    }
  }

  @Test
  void cudaPredictsWhatTheProcessorPredicts() {
    assumeTrue(hasCuda(), "no CUDA device that ONNX Runtime can use");
    Query query = Models.query(Models.counting(2, 1, 16, 16).times(1.0 / 512), 0);
    try (OnnxDenoiser cuda =
            OnnxDenoiser.builder(Models.file("slow"))
                .provider(Provider.cuda().memoryLimit(1L << 30))
                .open();
        OnnxDenoiser cpu = Models.open("slow")) {
      Tensor difference =
          Tensors.mix(1, cuda.estimate(query).clean(), -1, cpu.estimate(query).clean());

      assertThat(cuda.provider()).isEqualTo(Provider.cuda().memoryLimit(1L << 30));
      for (float value : difference.toArray()) {
        assertThat(value).isCloseTo(0, within(1e-2f));
      }
    }
  }
}
