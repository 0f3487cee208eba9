package io.github.diffusion4j.onnx.model;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.onnx.ResidentMemory;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that are refused at the very end of opening leave nothing open. */
class FailedOpeningTest {

  /** Prints by how many KiB the resident memory grows. */
  static final class Main {

    private Main() {}

    public static void main(String[] args) throws IOException {
      Path folder = Path.of(args[0]);
      ResidentMemory.printGrowth(() -> fail(folder, 10), () -> fail(folder, 40));
    }

    private static void fail(Path folder, int times) {
      for (int i = 0; i < times; i++) {
        try {
          DeepFloydIf.open(folder).close();
          throw new AssertionError("a network of other channels than its file says was opened");
        } catch (DiffusionException e) {
          if (!String.valueOf(e.getMessage()).contains("output out_sample")) {
            throw e;
          }
        }
      }
    }
  }

  @Test
  void residentMemoryStaysFlat(@TempDir Path folder) throws Exception {
    ModelCopy.in(folder).replace("unet/config.json", "\"out_channels\": 6", "\"out_channels\": 5");
    ResidentMemory.assertFlat(Main.class, folder.toString());
  }
}
