package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that earlier libraries left, the losses as those went on. */
class OldFormatsTest {

  @TempDir Path folder;

  private Path copied(String name) throws IOException {
    Path file = folder.resolve(Path.of(name).getFileName());
    try (InputStream in = OldFormatsTest.class.getResourceAsStream(name)) {
      Files.copy(in, file);
    }
    return file;
  }

  private void goesOn(Training expected, double... losses) {
    List<Double> found = new ArrayList<>();
    try (Trainer trainer = Trainer.resume(folder, new Blobs(20))) {
      assertThat(trainer.training()).hasToString(expected.toString());
      trainer.forEach(epoch -> epoch.forEach(step -> found.add(step.loss())));
    }
    assertThat(found).hasSize(losses.length);
    for (int i = 0; i < losses.length; i++) {
      // Bit for bit on the machine that wrote it; other processors round otherwise.
      assertThat(found.get(i)).isCloseTo(losses[i], within(1e-4));
    }
  }

  /** Left after the first of two epochs. */
  @Test
  void theFirstGoesOn() throws IOException {
    copied("format1/epoch-0001.safetensors");
    copied("format1/loss.csv");
    goesOn(Blobs.TRAINING.epochs(2), 0.9243058562278748, 1.1203515529632568, 1.0084006786346436);
  }

  /** Left within the second of three epochs by the first library that wrote this format. */
  @Test
  void theSecondGoesOn() throws IOException {
    copied("format2/epoch-0002-step-00000005.safetensors");
    copied("format2/loss.csv");
    goesOn(
        Blobs.TRAINING
            .optimiser(OptimiserTest.ALL)
            .checkpoints(CheckpointPolicy.everyEpoch().everySteps(5).keepLast(1)),
        0.9373608231544495,
        0.9860424995422363,
        1.0394229888916016,
        1.115528404712677);
  }

  @Test
  void theFirstIsOpened() throws IOException {
    try (TrainedDenoiser denoiser =
        TrainedDenoiser.open(copied("format1/epoch-0001.safetensors"))) {
      assertThat(denoiser.metadata()).containsEntry("diffusion4j.steps", "3");
      assertThat(denoiser.loss(new Blobs(20))).isPositive();
    }
  }
}
