package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.diffusion4j.Conditioning;
import io.github.diffusion4j.Guidance;
import io.github.diffusion4j.Sampler;
import io.github.diffusion4j.Sampling;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.train.data.Augmentation;
import io.github.diffusion4j.train.data.Dataset;
import io.github.diffusion4j.train.data.ImageFolder;
import io.github.diffusion4j.train.data.Pictures;
import io.github.diffusion4j.train.net.Input;
import io.github.diffusion4j.train.net.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs on colour pictures of a folder, by their sub-folders and by their captions. */
class PictureRunTest {

  private static final Training TRAINING =
      Training.flowMatching().batch(4).epochs(16).rate(3e-3).threads(1).seed(3);
  private static final UNet CLASSES =
      UNet.width(4).images(3, 16).time(UNet.TimeEffect.SCALE).classes(2);
  private static final ResidualUNet TEXTS =
      ResidualUNet.of(8, 1, 2).images(3, 16).headFeatures(8).groups(4).time().text(2, 3);

  @TempDir Path folder;

  static List<Network> networks() {
    return List.of(CLASSES, TEXTS);
  }

  @BeforeEach
  void drawPictures() throws IOException {
    for (int i = 0; i < 12; i++) {
      String name = (i % 2 == 0 ? "cats/" : "dogs/") + i;
      Path picture = Pictures.colour(folder.resolve("pictures/" + name + ".png"), 20, 24, i % 2);
      Path caption = Path.of(picture.toString().replace(".png", ".txt"));
      Files.writeString(caption, i % 2 == 0 ? "a cat" : "two dogs");
    }
  }

  private static final Map<String, float[]> TOKENS =
      Map.of("a cat", new float[] {1, 0, 0, 0, 1, 0}, "two dogs", new float[] {0, 0, 1, 1, 0, 0});

  private Dataset pictures() {
    ImageFolder all = ImageFolder.captioned(folder.resolve("pictures"), 3, 16);
    assertThat(all.classNames()).containsExactly("cats", "dogs");
    return all.conditioned(Input.TEXT, List.of(2, 3), i -> TOKENS.get(all.caption(i).orElseThrow()))
        .augmented(Augmentation.flip(.5));
  }

  private static double mean(List<Double> losses) {
    return losses.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
  }

  @ParameterizedTest
  @MethodSource("networks")
  void runLearnsAndGoesOnBitForBitFromTheFolderReadAnew(Network network) {
    Path whole = folder.resolve("whole");
    List<Double> expected;
    try (Trainer trainer = Trainer.start(network, TRAINING, pictures(), whole)) {
      expected = FurtherTrainingTest.losses(trainer, Integer.MAX_VALUE);
    }
    assertThat(expected).hasSize(48);
    assertThat(mean(expected.subList(36, 48))).isLessThan(.9 * mean(expected.subList(0, 12)));
    Path cut = folder.resolve("cut");
    List<Double> found;
    try (Trainer trainer = Trainer.start(network, TRAINING, pictures(), cut)) {
      found = FurtherTrainingTest.losses(trainer, 16);
    }
    try (Trainer trainer = Trainer.startOrResume(network, TRAINING, pictures(), cut)) {
      found.addAll(FurtherTrainingTest.losses(trainer, Integer.MAX_VALUE));
    }
    assertThat(found).isEqualTo(expected);
  }

  @Test
  void samplesAreColourPicturesAsTheCaptionSays() {
    try (Trainer trainer = Trainer.start(TEXTS, TRAINING.epochs(1), pictures())) {
      trainer.forEach(epoch -> epoch.forEach(step -> {}));
      try (TrainedDenoiser denoiser = trainer.denoiser()) {
        assertThat(denoiser.metadata().get("diffusion4j.data"))
            .contains("\"classNames\":[\"cats\",\"dogs\"]");
        assertThat(denoiser.classNames()).containsExactly("cats", "dogs");
        Tensor dogs = Tensor.of(Shape.of(1, 2, 3), TOKENS.get("two dogs"));
        Conditioning told = Conditioning.none().global(Input.TEXT, dogs);
        Sampling request = Sampling.fromNoise(denoiser.imageShape(2).orElseThrow()).steps(3);
        Tensor guided =
            Sampler.of(denoiser)
                .sample(request.guidance(Guidance.classifierFree(3, told, told.zeros())));
        Tensor plain = Sampler.of(denoiser).sample(request.guidance(Guidance.of(told.zeros())));
        assertThat(guided.shape()).isEqualTo(Shape.images(2, 3, 16, 16));
        assertThat(guided.toArray()).isNotEqualTo(plain.toArray());
      }
    }
  }
}
