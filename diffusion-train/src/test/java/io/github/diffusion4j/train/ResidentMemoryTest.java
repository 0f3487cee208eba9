package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.diffusion4j.Conditioning;
import io.github.diffusion4j.Guidance;
import io.github.diffusion4j.Sampler;
import io.github.diffusion4j.Sampling;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The memory of a whole process, LibTorch's with it, stays flat. */
@EnabledOnOs(OS.LINUX)
class ResidentMemoryTest {

  /** A process whose heap has its final size from the start, so that only native memory grows. */
  static final class Main {

    private static final Blobs DATA = new Blobs(40);

    private Main() {}

    public static void main(String[] args) throws IOException {
      switch (args[0]) {
        case "training" -> training(Blobs.TRAINING);
        case "training with all settings" ->
            training(
                Blobs.TRAINING
                    .optimiser(OptimiserTest.ALL)
                    .objective(Objective.flowMatching().weighting(LossWeighting.minSnr(5))));
        case "batch" -> batch(Integer.parseInt(args[1]));
        case "kept" -> kept(args[1]);
        default -> runs();
      }
    }

    /** The most memory at any time, of a step in parts or as a whole. */
    private static void batch(int parts) throws IOException {
      UNet network = UNet.width(64).images(1, 8).time(UNet.TimeEffect.SCALE).classes(3);
      Training training =
          Blobs.TRAINING.batch(1024).optimiser(Optimiser.adam(1e-3).accumulation(parts));
      try (Trainer trainer = Trainer.start(network, training, new Blobs(1024))) {
        trainer.iterator().next().forEach(step -> {});
        System.out.println(kibibytes("VmHWM"));
      }
    }

    /**
     * Losses, the fresh pages of three steps, and the memory at their end and of the closed run.
     */
    private static void kept(String keepMemory) throws IOException {
      System.setProperty("diffusion4j.train.keepMemory", keepMemory);
      UNet network = UNet.width(64).images(1, 8).time(UNet.TimeEffect.SCALE).classes(3);
      Training training = Blobs.TRAINING.batch(2048).epochs(5);
      try (Trainer trainer = Trainer.start(network, training, new Blobs(2048))) {
        StringBuilder losses = new StringBuilder();
        long before = 0;
        for (Epoch epoch : trainer) {
          epoch.forEach(step -> losses.append(step.loss()).append(' '));
          before = epoch.number() == 2 ? freshPages() : before;
        }
        System.out.println(losses);
        System.out.println(freshPages() - before + "\n" + resident());
      }
      System.out.println(resident());
    }

    /** The pages that the system has handed out to this process, by proc(5)'s minflt. */
    private static long freshPages() throws IOException {
      String line = Files.readString(Path.of("/proc/self/stat"));
      return Long.parseLong(line.substring(line.indexOf(')') + 2).split(" ", -1)[7]);
    }

    private static void training(Training settings) throws IOException {
      Training training = settings.batch(40).epochs(1300);
      try (Trainer trainer = Trainer.start(Blobs.NET, training, DATA)) {
        Iterator<Epoch> epochs = trainer.iterator();
        print(300, 1000, () -> epochs.next().forEach(step -> {}));
      }
    }

    /** Runs of one step and their denoisers, opened and closed. */
    private static void runs() throws IOException {
      Conditioning none = Conditioning.none().global("class", Tensor.zeros(Shape.of(1, 3)));
      UNet network = UNet.width(32).images(1, 8).time(UNet.TimeEffect.SCALE).classes(3);
      print(
          20,
          60,
          () -> {
            try (Trainer trainer = Trainer.start(network, Blobs.TRAINING.batch(2), DATA)) {
              trainer.iterator().next().iterator().next();
              try (TrainedDenoiser denoiser = trainer.denoiser()) {
                Sampler.of(denoiser)
                    .sample(
                        Sampling.fromNoise(Shape.images(1, 1, 8, 8))
                            .steps(2)
                            .guidance(Guidance.of(none)));
              }
            }
          });
    }

    private static void print(int warm, int measured, Runnable work) throws IOException {
      for (int i = 0; i < warm; i++) {
        work.run();
      }
      long before = resident();
      for (int i = 0; i < measured; i++) {
        work.run();
      }
      System.out.println("grown by " + (resident() - before));
    }

    private static long resident() throws IOException {
      System.gc();
      return kibibytes("VmRSS");
    }

    private static long kibibytes(String what) throws IOException {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith(what))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .sum();
    }
  }

  // A step's activations and gradients take about 1 MiB, so a leak in one of twenty would show. The
  // parameters, gradients and moments of a run take 8 MiB, so a leak in one of ten would.
  @ParameterizedTest
  @ValueSource(strings = {"training", "training with all settings", "runs"})
  void staysFlat(String workload) throws IOException, InterruptedException {
    String printed = printed(workload);
    assertThat(printed).matches("grown by -?\\d+");
    long kibibytes = Long.parseLong(printed.substring("grown by ".length()));
    assertThat(kibibytes).isLessThan(48 * 1024);
  }

  @Test
  void batchInPartsNeedsTheMemoryOfOne() throws IOException, InterruptedException {
    long whole = Long.parseLong(printed("batch", "1"));
    long parts = Long.parseLong(printed("batch", "16"));
    assertThat(whole - parts).isGreaterThan(192 * 1024);
  }

  // Layers of up to 64 MiB, which the heap of an ordinary thread does not hold.
  @Test
  void freedMemoryIsKeptWhileTraining() throws IOException, InterruptedException {
    Path largePages = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");
    assumeThat(Files.readString(largePages)).doesNotContain("[always]"); // 2 MiB count as a page
    assumeThat(Pointer.availablePhysicalBytes()).isGreaterThan(8L << 30);
    assumeThat(String.join(" ", System.getenv().keySet()))
        .doesNotContain("MALLOC_", "GLIBC_TUNABLES", "LD_PRELOAD");
    String[] kept = printed("kept", "true").split("\\n", -1);
    String[] handedBack = printed("kept", "false").split("\\n", -1);
    assertThat(kept[0]).isEqualTo(handedBack[0]).hasSizeGreaterThan(5 * 8);
    assertThat(10 * Long.parseLong(kept[1])).isLessThan(Long.parseLong(handedBack[1]));
    assertThat(Long.parseLong(kept[2]) - Long.parseLong(kept[3])).isGreaterThan(512 * 1024);
  }

  private static String printed(String... arguments) throws IOException, InterruptedException {
    Process process =
        Child.start(Main.class, List.of("-Xms256m", "-Xmx256m", "-XX:+AlwaysPreTouch"), arguments);
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(printed).isZero();
    return printed.strip();
  }
}
