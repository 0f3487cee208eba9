package io.github.diffusion4j.onnx;

import io.github.diffusion4j.Conditioning;
import io.github.diffusion4j.Guidance;
import io.github.diffusion4j.Sampler;
import io.github.diffusion4j.Sampling;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Generations and openings leave no native memory behind. */
class MemoryTest {

  /** Prints by how many KiB the resident memory grows in a workload after its warm-up. */
  static final class Main {

    private Main() {}

    public static void main(String[] args) throws IOException {
      ResidentMemory.printGrowth(() -> run(args[0], 50), () -> run(args[0], 200));
    }

    private static void run(String workload, int times) {
      if (workload.equals("generations")) {
        try (OnnxDenoiser model = Models.open("class")) {
          for (int i = 0; i < times; i++) {
            generate(model, i);
          }
        }
      } else {
        for (int i = 0; i < times; i++) {
          try (OnnxDenoiser model = Models.open("slow")) {
            model.estimate(Models.query(Models.counting(2, 1, 32, 32), 0));
          }
        }
      }
    }

    private static void generate(OnnxDenoiser model, int seed) {
      Conditioning three = Conditioning.none().global("class", Tensor.oneHot(10, 3));
      Conditioning none = Conditioning.none().global("class", Tensor.zeros(Shape.of(1, 10)));
      Sampler.of(model)
          .sample(
              Sampling.fromNoise(Shape.images(1 + seed % 9, 3, 32, 32))
                  .seed(seed)
                  .steps(10)
                  .guidance(Guidance.classifierFree(3, three, none)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"generations", "openings"})
  void residentMemoryStaysFlat(String workload) throws Exception {
    ResidentMemory.assertFlat(Main.class, workload);
  }
}
