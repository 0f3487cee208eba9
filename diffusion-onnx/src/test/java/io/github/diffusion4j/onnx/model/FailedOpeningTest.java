package io.github.diffusion4j.onnx.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.onnx.Fork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that are refused at the very end of opening leave nothing open. */
class FailedOpeningTest {

  private static final Path STATUS = Path.of("/proc/self/status");

  /** Prints by how many KiB the resident memory grows. */
  static final class Main {

    private Main() {}

    public static void main(String[] args) throws IOException {
      Path folder = Path.of(args[0]);
      fail(folder, 10);
      long before = resident();
      fail(folder, 40);
      System.out.println("grown by " + (resident() - before));
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

    private static long resident() throws IOException {
      System.gc();
      return Files.readAllLines(STATUS).stream()
          .filter(text -> text.startsWith("VmRSS:"))
          .mapToLong(text -> Long.parseLong(text.replaceAll("\\D", "")))
          .sum();
    }
  }

  @Test
  void residentMemoryStaysFlat(@TempDir Path folder) throws Exception {
    assumeTrue(Files.isReadable(STATUS), "no " + STATUS);
    ModelCopy.in(folder).replace("unet/config.json", "\"out_channels\": 6", "\"out_channels\": 5");
    List<String> printed =
        Fork.run(
            Main.class, List.of("-Xms128m", "-Xmx128m", "-XX:+AlwaysPreTouch"), folder.toString());
    String grown = printed.get(printed.size() - 1);
    assertThat(grown).matches("grown by -?\\d+");
    assertThat(Long.parseLong(grown.substring("grown by ".length()))).isLessThan(50 * 1024);
  }
}
