package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.diffusion4j.Conditioning;
import io.github.diffusion4j.Guidance;
import io.github.diffusion4j.Sampler;
import io.github.diffusion4j.Sampling;
import io.github.diffusion4j.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The memory of the whole process, LibTorch's with it, stays flat. */
@EnabledOnOs(OS.LINUX)
class ResidentMemoryTest {

  private static final Blobs DATA = new Blobs(40);
  private static final long MEBIBYTE = 1 << 20;

  private static long resident() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
        .findFirst()
        .orElseThrow();
  }

  private static long grown(int warm, int measured, Runnable work) throws IOException {
    for (int i = 0; i < warm; i++) {
      work.run();
    }
    long before = resident();
    for (int i = 0; i < measured; i++) {
      work.run();
    }
    return resident() - before;
  }

  @Test
  void trainingStaysFlat() throws IOException {
    // A step's activations and gradients take about 1 MiB, so a leak of one in ten would show.
    Training training = Blobs.TRAINING.batch(40).epochs(1300);
    try (Trainer trainer = Trainer.start(Blobs.NET, training, DATA)) {
      var epochs = trainer.iterator();
      long grown = grown(300, 1000, () -> epochs.next().forEach(step -> {}));
      assertThat(grown).isLessThan(64 * MEBIBYTE);
    }
  }

  @Test
  void runsThatCameAndWentLeaveNothing() throws IOException {
    UNetRun run = new UNetRun();
    // Parameters, gradients and both moments of the width-32 network take 8 MiB.
    assertThat(grown(10, 30, run)).isLessThan(64 * MEBIBYTE);
  }

  /** A run of one step and its denoiser, opened and closed. */
  private static final class UNetRun implements Runnable {
    @Override
    public void run() {
      UNet network = UNet.width(32).images(1, 8).time(UNet.TimeEffect.SCALE).classes(3);
      try (Trainer trainer = Trainer.start(network, Blobs.TRAINING.batch(2), DATA)) {
        trainer.iterator().next().iterator().next();
        try (TrainedDenoiser denoiser = trainer.denoiser()) {
          Sampler.of(denoiser, denoiser.schedule())
              .sample(
                  Sampling.fromNoise(Shape.images(1, 1, 8, 8))
                      .steps(2)
                      .guidance(Guidance.of(Conditioning.none())));
        }
      }
    }
  }
}
