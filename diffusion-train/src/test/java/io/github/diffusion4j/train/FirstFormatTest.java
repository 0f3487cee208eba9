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

/** A run that a library of the first format left after the first of two epochs. */
class FirstFormatTest {

  /** The losses of its second epoch, as that library went on. */
  private static final double[] LOSSES = {
    0.9243058562278748, 1.1203515529632568, 1.0084006786346436
  };

  @TempDir Path folder;

  private Path copied(String name) throws IOException {
    Path file = folder.resolve(name);
    try (InputStream in = FirstFormatTest.class.getResourceAsStream("format1/" + name)) {
      Files.copy(in, file);
    }
    return file;
  }

  @Test
  void goesOnWithTheLossesThatItWouldHaveHad() throws IOException {
    copied("epoch-0001.safetensors");
    copied("loss.csv");
    List<Double> losses = new ArrayList<>();
    try (Trainer trainer = Trainer.resume(folder, new Blobs(20))) {
      assertThat(trainer.training()).hasToString(Blobs.TRAINING.epochs(2).toString());
      trainer.forEach(epoch -> epoch.forEach(step -> losses.add(step.loss())));
    }
    assertThat(losses).hasSize(LOSSES.length);
    for (int i = 0; i < LOSSES.length; i++) {
      // Bit for bit on the machine that wrote it; other processors round otherwise.
      assertThat(losses.get(i)).isCloseTo(LOSSES[i], within(1e-4));
    }
  }

  @Test
  void itsNetworkIsOpened() throws IOException {
    try (TrainedDenoiser denoiser = TrainedDenoiser.open(copied("epoch-0001.safetensors"))) {
      assertThat(denoiser.metadata()).containsEntry("diffusion4j.steps", "3");
      assertThat(denoiser.loss(new Blobs(20))).isPositive();
    }
  }
}
