package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.diffusion4j.Conditioning;
import io.github.diffusion4j.Guidance;
import io.github.diffusion4j.Sampler;
import io.github.diffusion4j.Sampling;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.image.ImageGrid;
import io.github.diffusion4j.image.PixelRange;
import io.github.diffusion4j.image.Png;
import io.github.diffusion4j.train.Team.Work;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run draws after each epoch. */
class EpochPicturesTest {

  private static final Blobs DATA = new Blobs(20);
  static final ImageGrid GRID = ImageGrid.columns(3);
  private static final Conditioning CLASSES =
      Conditioning.none().global("class", Tensor.oneHot(3, 0, 1, 2));

  @TempDir Path folder;

  static Sampling request(int steps) {
    return Sampling.fromNoise(Shape.images(3, 1, 8, 8))
        .guidance(Guidance.of(CLASSES))
        .steps(steps)
        .seed(5);
  }

  private static int[] pixels(BufferedImage image) {
    return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
  }

  private static int frames(Path gif) throws IOException {
    ImageReader reader = ImageIO.getImageReadersByFormatName("gif").next();
    try (ImageInputStream in = ImageIO.createImageInputStream(gif.toFile())) {
      reader.setInput(in);
      return reader.getNumImages(true);
    } finally {
      reader.dispose();
    }
  }

  @Test
  void areSamplesOfTheEpochsNetworkAndChangeNoNumber() throws IOException {
    List<Double> expected = new ArrayList<>();
    try (Trainer trainer = Trainer.start(Blobs.NET, Blobs.TRAINING, DATA)) {
      trainer.forEach(epoch -> epoch.forEach(step -> expected.add(step.loss())));
    }
    List<Double> found = new ArrayList<>();
    try (Trainer trainer = Trainer.start(Blobs.NET, Blobs.TRAINING, DATA, folder)) {
      trainer.drawEpochs(request(4), GRID);
      trainer.forEach(epoch -> epoch.forEach(step -> found.add(step.loss())));
    }
    assertThat(found).isEqualTo(expected);
    for (int epoch = 1; epoch <= 3; epoch++) {
      Path stem = folder.resolve("epoch-000" + epoch);
      try (TrainedDenoiser denoiser = TrainedDenoiser.open(Path.of(stem + ".safetensors"))) {
        Tensor samples = Sampler.of(denoiser).sample(request(4));
        BufferedImage drawn = ImageIO.read(Path.of(stem + ".png").toFile());
        assertThat(pixels(drawn)).isEqualTo(pixels(GRID.draw(samples, PixelRange.UNIT)));
      }
      assertThat(Png.readText(Path.of(stem + ".png")))
          .containsAllEntriesOf(request(4).settings())
          .containsEntry("checkpoint", "epoch-000" + epoch)
          .containsEntry("diffusion4j.steps", "" + 3 * epoch);
      assertThat(frames(Path.of(stem + ".gif"))).isEqualTo(4);
    }
  }

  @Test
  void animationOfManyStepsLeavesSomeOut() throws IOException {
    try (Trainer trainer = Trainer.start(Blobs.NET, Blobs.TRAINING, DATA, folder)) {
      trainer.drawEpochs(request(205), GRID);
      trainer.iterator().next().forEach(step -> {});
    }
    assertThat(frames(folder.resolve("epoch-0001.gif"))).isEqualTo(23);
  }

  @Test
  void requestThatTheNetworkDoesNotTakeIsRefusedBeforeAStep() {
    try (Trainer trainer = Trainer.start(Blobs.NET, Blobs.TRAINING, DATA, folder)) {
      Sampling large = Sampling.fromNoise(Shape.images(3, 1, 9, 9)).guidance(Guidance.of(CLASSES));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> trainer.drawEpochs(large, GRID))
          .withMessageContaining("sample must have shape [1, 8, 8]");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> trainer.drawEpochs(Sampling.fromNoise(Shape.images(3, 1, 8, 8)), GRID))
          .withMessageContaining("must be told input class");
      trainer.iterator().next().forEach(step -> {});
    }
    assertThat(folder.resolve("epoch-0001.png")).doesNotExist();
    assertThat(folder.resolve("epoch-0001.safetensors")).exists();
  }

  @Test
  void epochThatWasNotDrawnIsDrawnWhenTheRunGoesOn() throws IOException {
    Training training = Blobs.TRAINING.checkpoints(CheckpointPolicy.everyEpoch().everySteps(1));
    Path expected = folder.resolve("whole");
    for (Path run : List.of(expected, folder.resolve("cut"))) {
      try (Trainer trainer = Trainer.start(Blobs.NET, training, DATA, run)) {
        trainer.drawEpochs(request(2), GRID);
        trainer.iterator().next().forEach(step -> {});
        trainer.iterator().next().iterator().next();
      }
    }
    Path gif = folder.resolve("cut/epoch-0001.gif");
    Files.delete(gif);
    Files.delete(folder.resolve("cut/epoch-0001.png"));
    try (Trainer trainer = Trainer.resume(folder.resolve("cut"), DATA)) {
      assertThat(trainer.stepsDone()).isEqualTo(4);
      trainer.drawEpochs(request(2), GRID);
    }
    assertThat(gif).hasSameBinaryContentAs(expected.resolve("epoch-0001.gif"));
    assertThat(folder.resolve("cut/epoch-0001.png")).exists();
  }

  @Test
  void runWithoutAFolderDrawsNothing() {
    try (Trainer trainer = Trainer.start(Blobs.NET, Blobs.TRAINING, DATA)) {
      assertThatIllegalStateException()
          .isThrownBy(() -> trainer.drawEpochs(request(2), GRID))
          .withMessageContaining("start it with a folder");
    }
  }

  @Test
  void pictureThatCannotBeWrittenDoesNotStopTheRun() throws IOException {
    try (Trainer trainer = Trainer.start(Blobs.NET, Blobs.TRAINING, DATA, folder)) {
      Files.createDirectories(folder.resolve("epoch-0001.png/in the way"));
      trainer.drawEpochs(request(2), GRID);
      trainer.forEach(epoch -> epoch.forEach(step -> {}));
      assertThat(trainer.epochsDone()).isEqualTo(3);
    }
    assertThat(folder.resolve("epoch-0001.gif")).doesNotExist();
    assertThat(folder.resolve("epoch-0003.gif")).exists();
  }

  /** Both workers ask for pictures, of which the first has the folder. */
  static final class Drawn implements Work {
    @Override
    public void run(Workers workers, Path folder) {
      Path own = workers.rank() == 0 ? folder : Path.of("nowhere");
      try (Trainer trainer =
          Trainer.start(Blobs.NET, Blobs.TRAINING.epochs(2), DATA, own, workers)) {
        trainer.drawEpochs(request(2), GRID);
        Work.finish(trainer);
      }
    }
  }

  @Test
  void firstOfSeveralWorkersDraws() throws Exception {
    try (Team team = Team.start(2, Drawn.class, folder)) {
      assertThat(team.rest(0)).hasSize(6).isEqualTo(team.rest(1));
    }
    assertThat(folder.resolve("epoch-0002.png")).exists();
    assertThat(Path.of("nowhere")).doesNotExist();
  }
}
