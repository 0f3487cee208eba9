package io.github.diffusion4j.onnx.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.diffusion4j.Cancellation;
import io.github.diffusion4j.CancelledException;
import io.github.diffusion4j.View;
import io.github.diffusion4j.onnx.Fork;
import io.github.diffusion4j.pipeline.Pipeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A model that makes a thousand images takes no more memory than one that makes a hundred. */
class WholeModelMemoryTest {

  private static final Path STATUS = Path.of("/proc/self/status");

  /** Prints by how many KiB the resident memory grows. */
  static final class Main {

    private Main() {}

    public static void main(String[] args) throws IOException {
      try (DeepFloydIf model = DeepFloydIf.open(Path.of(args[0]))) {
        generate(model, 100);
        long before = resident();
        generate(model, 1000);
        System.out.println("grown by " + (resident() - before));
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

    private static long resident() throws IOException {
      System.gc();
      return Files.readAllLines(STATUS).stream()
          .filter(text -> text.startsWith("VmRSS:"))
          .mapToLong(text -> Long.parseLong(text.replaceAll("\\D", "")))
          .sum();
    }
  }

  @Test
  void residentMemoryStaysFlat() throws Exception {
    assumeTrue(Files.isReadable(STATUS), "no " + STATUS);
    List<String> printed =
        Fork.run(
            Main.class,
            List.of("-Xms128m", "-Xmx128m", "-XX:+AlwaysPreTouch"),
            Goldens.models().resolve("tiny-if").toString());
    String grown = printed.get(printed.size() - 1);
    assertThat(grown).matches("grown by -?\\d+");
    assertThat(Long.parseLong(grown.substring("grown by ".length()))).isLessThan(50 * 1024);
  }
}
