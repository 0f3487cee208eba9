package io.github.diffusion4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.diffusion4j.DiffusionException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativesTest {

  /** Opens a model twice and prints the messages of the exceptions. */
  static final class Main {

    private Main() {}

    public static void main(String[] args) {
      for (int i = 0; i < 2; i++) {
        try (OnnxDenoiser model = OnnxDenoiser.open(Path.of(args[0]))) {
          System.out.println("opened " + model);
        } catch (DiffusionException e) {
          System.out.println("refused " + e.getMessage());
        }
      }
    }
  }

  private static List<String> start(String... options) throws IOException, InterruptedException {
    return Fork.run(Main.class, List.of(options), Models.file("constant-flow").toString());
  }

  @Test
  void withItsLibrariesTheEngineStarts() throws Exception {
    assertThat(start()).hasSize(2).allMatch(line -> line.startsWith("opened OnnxDenoiser["));
  }

  /** ONNX Runtime 1.29.0 ended the process here. */
  @Test
  void aLongCommandLineDoesNotMatter() throws Exception {
    assertThat(start("-Dlong=" + "x".repeat(20_000)))
        .hasSize(2)
        .allMatch(line -> line.startsWith("opened OnnxDenoiser["));
  }

  @Test
  void missingLibrariesAreNamedWithThePlatformEveryTime(@TempDir Path empty) throws Exception {
    assertThat(Fork.refusals(start("-Donnxruntime.native.path=" + empty)))
        .allSatisfy(
            line ->
                assertThat(line)
                    .contains(
                        System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                        "com.microsoft.onnxruntime:onnxruntime",
                        "Native library 'onnxruntime' not found"));
  }

  @Test
  void aPlatformWithoutLibrariesIsNamed() throws Exception {
    assertThat(Fork.refusals(start("-Dos.arch=sparc")))
        .allSatisfy(line -> assertThat(line).contains("sparc", "Linux x64 and arm64"));
  }
}
