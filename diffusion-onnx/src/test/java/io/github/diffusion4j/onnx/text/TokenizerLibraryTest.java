package io.github.diffusion4j.onnx.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.onnx.Fork;
import io.github.diffusion4j.onnx.ResidentMemory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is told in processes of their own, because a process loads the library once. */
class TokenizerLibraryTest {

  /** Opens a tokenizer twice, and prints what came of it and two properties. */
  static final class Main {

    private Main() {}

    public static void main(String[] args) {
      for (int i = 0; i < 2; i++) {
        try (Tokenizer tokenizer = Tokenizer.clip(Path.of(args[0]))) {
          System.out.println("opened " + tokenizer.tokenize("a cat"));
        } catch (DiffusionException e) {
          System.out.println("refused " + e.getMessage());
        }
      }
      System.out.println(
          "properties "
              + System.getProperty("RUST_FLAVOR")
              + " "
              + System.getProperty("ai.djl.offline"));
    }
  }

  private static List<String> start(String... options) throws IOException, InterruptedException {
    return Fork.run(Main.class, List.of(options), Samples.clip().toString()).stream()
        .filter(line -> line.matches("(opened|refused|properties) .*"))
        .toList();
  }

  @Test
  void propertiesOfTheApplicationAreAsBefore() throws Exception {
    String opened = "opened Tokens[49406, 320, 2368, 49407]";

    assertThat(start()).containsExactly(opened, opened, "properties null null");
    assertThat(start("-DRUST_FLAVOR=cu122", "-Dai.djl.offline=false"))
        .containsExactly(opened, opened, "properties cu122 false");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-Dos.arch=sparc", "-Dos.name=Plan9"})
  void aPlatformWithoutLibraryIsNamedEveryTimeWithTheWayAround(String option) throws Exception {
    List<String> printed = start(option, "-Duser.home=" + System.getProperty("java.io.tmpdir"));
    assertThat(printed).hasSize(3);
    assertThat(Fork.refusals(printed))
        .allSatisfy(
            line ->
                assertThat(line)
                    .contains(
                        option.substring(option.indexOf('=') + 1),
                        "expected their native library",
                        "Linux x64",
                        "PromptEmbeddings.read")
                    .doesNotContain("NoClassDefFoundError"));
  }

  @Test
  void anEnvironmentThatAsksForADownloadIsRefused() {
    assertThatThrownBy(() -> TokenizerLibrary.checkEnvironment("cu122"))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContainingAll("RUST_FLAVOR", "expected cpu", "found cu122");
    assertThatCode(() -> TokenizerLibrary.checkEnvironment("")).doesNotThrowAnyException();
    assertThatCode(() -> TokenizerLibrary.checkEnvironment("cpu")).doesNotThrowAnyException();
  }

  /** Prints by how many KiB the resident memory grows in a workload after its warm-up. */
  static final class Memory {

    private Memory() {}

    public static void main(String[] args) throws IOException {
      ResidentMemory.printGrowth(() -> run(args[0], 10), () -> run(args[0], 40));
    }

    private static void run(String workload, int times) {
      if (workload.equals("openings")) {
        for (int i = 0; i < times; i++) {
          try (Tokenizer tokenizer = Tokenizer.t5(Samples.t5())) {
            tokenizer.tokenize("a cat");
          }
        }
      } else if (workload.equals("prompts")) {
        try (Tokenizer tokenizer = Tokenizer.clip(Samples.clip())) {
          String prompt = "a long prompt ".repeat(1000);
          for (int i = 0; i < 10 * times; i++) {
            tokenizer.tokenize(prompt);
          }
        }
      } else {
        for (int i = 0; i < times; i++) {
          Path folder = Samples.model("tiny-if/stage1/text_encoder");
          try (TextEncoder encoder =
              TextEncoder.open(folder, prompt -> Tokens.padded(0, prompt.length()))) {
            for (int length = 0; length < 20; length++) {
              encoder.of("z".repeat(length));
            }
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"openings", "prompts", "encoders"})
  void residentMemoryStaysFlat(String workload) throws Exception {
    ResidentMemory.assertFlat(Memory.class, workload);
  }
}
