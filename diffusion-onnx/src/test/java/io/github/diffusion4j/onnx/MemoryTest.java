package io.github.diffusion4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.diffusion4j.Conditioning;
import io.github.diffusion4j.Guidance;
import io.github.diffusion4j.Sampler;
import io.github.diffusion4j.Sampling;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Measures in a process whose heap is resident from the start, so that growth is native memory. */
class MemoryTest {

  private static final Path STATUS = Path.of("/proc/self/status");

  /** Prints by how many KiB the resident memory grows in a workload after its warm-up. */
  static final class Main {

    private Main() {}

    public static void main(String[] args) throws IOException {
      run(args[0], 50);
      long before = resident();
      run(args[0], 200);
      System.out.println("grown by " + (resident() - before));
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

    private static long resident() throws IOException {
      System.gc();
      return Files.readAllLines(STATUS).stream()
          .filter(text -> text.startsWith("VmRSS:"))
          .mapToLong(text -> Long.parseLong(text.replaceAll("\\D", "")))
          .sum();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"generations", "openings"})
  void residentMemoryStaysFlat(String workload) throws Exception {
    assumeTrue(Files.isReadable(STATUS), "no " + STATUS);
    List<String> printed =
        Fork.run(Main.class, List.of("-Xms128m", "-Xmx128m", "-XX:+AlwaysPreTouch"), workload);

    assertThat(printed).singleElement().asString().matches("grown by -?\\d+");
    long kibibytes = Long.parseLong(printed.get(0).substring("grown by ".length()));
    assertThat(kibibytes).isLessThan(50 * 1024);
  }
}
