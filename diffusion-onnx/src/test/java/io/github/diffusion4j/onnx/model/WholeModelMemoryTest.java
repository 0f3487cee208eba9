package io.github.diffusion4j.onnx.model;

import io.github.diffusion4j.Cancellation;
import io.github.diffusion4j.CancelledException;
import io.github.diffusion4j.View;
import io.github.diffusion4j.onnx.ResidentMemory;
import io.github.diffusion4j.pipeline.Pipeline;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A model that makes a thousand images takes no more memory than one that makes a hundred. */
class WholeModelMemoryTest {

  /** Prints by how many KiB the resident memory grows. */
  static final class Main {

    private Main() {}

    public static void main(String[] args) throws IOException {
      try (DeepFloydIf model = DeepFloydIf.open(Path.of(args[0]))) {
        ResidentMemory.printGrowth(() -> generate(model, 100), () -> generate(model, 1000));
      }
    }

    private static void generate(DeepFloydIf model, int count) {
      Pipeline<String> stage = model.stage1();
      for (int i = 0; i < count; i++) {
        stage.generate("a rocket ship").count(1 + i % 7).steps(2).seed(i).tensor();
        if (i % 10 == 0) {
          stage.anagram("a dog", View.rotateHalf(), "prompt " + i).steps(2).seed(i).tensor();
          cancelled(stage);
        }
      }
    }

    private static void cancelled(Pipeline<String> stage) {
      Cancellation cancellation = Cancellation.create();
      try {
        stage
            .generate("a pencil")
            .steps(5)
            .cancellation(cancellation)
            .onFrame(frame -> cancellation.cancel())
            .tensor();
        throw new AssertionError("the request was cancelled and went on");
      } catch (CancelledException e) {
        if (!String.valueOf(e.getMessage()).contains("cancelled")) {
          throw e;
        }
      }
    }
  }

  @Test
  void residentMemoryStaysFlat() throws Exception {
    ResidentMemory.assertFlat(Main.class, Goldens.models().resolve("tiny-if").toString());
  }
}
