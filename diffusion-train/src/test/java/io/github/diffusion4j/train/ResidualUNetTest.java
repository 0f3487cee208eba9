package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.diffusion4j.Conditioning;
import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.NoiseSchedule;
import io.github.diffusion4j.PredictionType;
import io.github.diffusion4j.Query;
import io.github.diffusion4j.Sampler;
import io.github.diffusion4j.Sampling;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.train.data.Dataset;
import io.github.diffusion4j.train.net.Input;
import io.github.diffusion4j.train.torch.Batch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResidualUNetTest {

  private static final ResidualUNet NET =
      ResidualUNet.of(8, 1, 2).images(1, 8).blocks(1).time().classes(3).text(2, 3);

  /** Which row is bright, as one of two tokens; the other is blank. */
  private static final Dataset TOLD =
      new Blobs(48).conditioned(Input.TEXT, List.of(2, 3), i -> text(i % 3));

  private static float[] text(int row) {
    float[] tokens = new float[6];
    tokens[3 + row] = 1;
    return tokens;
  }

  private static List<Double> losses(Trainer trainer) {
    List<Double> losses = new ArrayList<>();
    trainer.forEach(epoch -> epoch.forEach(step -> losses.add(step.loss())));
    return losses;
  }

  @Test
  void runGoesOnBitForBitAndItsNetworkOpens(@TempDir Path folder) {
    List<Double> whole;
    try (Trainer trainer = Trainer.start(NET, Blobs.TRAINING, TOLD)) {
      whole = losses(trainer);
    }
    try (Trainer trainer = Trainer.start(NET, Blobs.TRAINING, TOLD, folder)) {
      trainer.iterator().next().forEach(step -> {});
    }
    try (Trainer trainer = Trainer.resume(folder, TOLD)) {
      assertThat(losses(trainer)).isEqualTo(whole.subList(6, 18));
    }
    Path file = folder.resolve("epoch-0003.safetensors");
    try (TrainedDenoiser opened = TrainedDenoiser.open(file)) {
      assertThat(opened.metadata().get("diffusion4j.network"))
          .contains("ResidualUNet", "\"text\":[2,3]");
      Tensor label = Tensor.oneHot(3, 1);
      Query query =
          new Query(
              Tensor.of(Shape.images(1, 1, 8, 8), Blobs.waves()),
              opened.schedule().at(.5),
              Conditioning.none().global(Input.CLASS, label));
      assertRefused(
          () -> opened.estimate(query),
          "the network must be told input encoder_hidden_states [1 or batch, 2, 3], zeros for none;"
              + " got only [class]");
    }
    Safetensors saved = Safetensors.read(file);
    Map<String, String> metadata = new TreeMap<>(saved.metadata());
    metadata.computeIfPresent(
        "network", (key, json) -> json.replace("\"groups\":2", "\"groups\":3"));
    new Safetensors(metadata, saved.tensors()).write(file);
    assertThatExceptionOfType(DiffusionException.class)
        .isThrownBy(() -> TrainedDenoiser.open(file))
        .withMessageContaining(file.toString())
        .withMessageContaining("groups must divide the width, 8, got 3");
  }

  /** A whole run. */
  static final class Shared implements Team.Work {
    @Override
    public void run(Workers workers, Path folder) {
      try (Trainer trainer = Trainer.start(NET, Blobs.TRAINING, TOLD, folder, workers)) {
        Team.Work.finish(trainer);
      }
    }
  }

  /**
   * Nothing is normalised over the batch, so that no worker needs to know of the others' images.
   */
  @Test
  void workersMakeTheLossesOfTheWholeBatch(@TempDir Path folder) throws Exception {
    List<Double> expected;
    try (Trainer trainer = Trainer.start(NET, Blobs.TRAINING, TOLD)) {
      expected = losses(trainer);
    }
    try (Team team = Team.start(2, Shared.class, folder)) {
      List<Double> found = team.losses();
      assertThat(found).hasSameSizeAs(expected);
      for (int i = 0; i < expected.size(); i++) {
        assertThat(found.get(i)).as("step %d", i + 1).isCloseTo(expected.get(i), within(1e-5));
      }
    }
  }

  @Test
  void networkLearnsWhatTheTextSays() {
    ResidualUNet network = ResidualUNet.of(8, 1, 2).images(1, 8).blocks(1).text(2, 3);
    Training training =
        Training.pureNoise().batch(12).epochs(40).rate(3e-3).threads(1).conditioningDropout(0);
    try (Trainer trainer = Trainer.start(network, training, TOLD)) {
      losses(trainer);
      try (TrainedDenoiser denoiser = trainer.denoiser()) {
        for (int row = 0; row < 3; row++) {
          Tensor tokens = Tensor.of(Shape.of(1, 2, 3), text(row));
          Conditioning told = Conditioning.none().global(Input.TEXT, tokens);
          Tensor noise = Tensor.of(Shape.images(1, 1, 8, 8), Blobs.waves());
          Tensor clean =
              denoiser.estimate(new Query(noise, denoiser.schedule().at(1), told)).clean();
          for (int other = 0; other < 3; other++) {
            assertThat(clean.get(0, 0, 2 * other + 1, 4))
                .as("row %d of text %d", other, row)
                .isCloseTo(other == row ? .76f : 0, within(.25f));
          }
        }
      }
    }
  }

  @Test
  void describesItsLevels() {
    String table = ResidualUNet.of(32, 1, 2, 2).attention(7).time().classes(10).describe();
    assertThat(table.lines().map(row -> row.replaceAll(" +", " ")))
        .contains(
            "down_blocks.1.resnets.0.conv1 64×14×14 18,496",
            "mid_block.attentions.0.to_q 49×64 4,160",
            "attention 49×64 0",
            "upsample 64×28×28 0",
            "class_embedding 128 1,408",
            "conv_out 1×28×28 289");
  }

  @Test
  void valuesAreEqualBySettings() {
    ResidualUNet network = ResidualUNet.of(8, 1, 2).images(1, 8);
    assertThat(network.blocks(1).time().classes(3).text(2, 3))
        .isEqualTo(NET)
        .hasSameHashCodeAs(NET);
    assertThat(network).isNotEqualTo(NET).isNotEqualTo(network.groups(1));
    assertThat(NET.toString()).isEqualTo(NET.settings().toString());
    assertThat(ResidualUNet.of(6, 1, 1, 1, 1).settings())
        .containsEntry("size", 32)
        .containsEntry("groups", 1)
        .containsEntry("headFeatures", 6);
    assertThat(ResidualUNet.of(256, 1).settings())
        .containsEntry("size", 28)
        .containsEntry("groups", 32)
        .containsEntry("headFeatures", 64);
  }

  private static void assertRefused(ThrowingCallable work, String message) {
    assertThatIllegalArgumentException().isThrownBy(work).withMessage(message);
  }

  @Test
  void settingsOutOfRangeAreRefused() {
    ResidualUNet network = ResidualUNet.of(8, 1, 2, 2);
    assertRefused(() -> ResidualUNet.of(7, 1), "width must be even, got 7");
    assertRefused(() -> ResidualUNet.of(0, 1), "width must be in [2, 1024], got 0");
    assertRefused(() -> ResidualUNet.of(8), "number of levels must be in [1, 8], got 0");
    assertRefused(
        () -> ResidualUNet.of(8, 1, 0), "multiples of the width must be in [1, 64], got 0");
    assertRefused(
        () -> network.images(1, 30),
        "image size must be a multiple of 4 (it is halved 2 times), got 30");
    assertRefused(() -> network.images(0, 28), "channels must be in [1, 1024], got 0");
    assertRefused(() -> network.blocks(0), "blocks must be in [1, 64], got 0");
    assertRefused(
        () -> network.attention(7, 8),
        "attention must be at levels of sides [28, 14, 7] (images are told before it), got [7, 8]");
    assertRefused(
        () -> network.attention(7).images(1, 32),
        "attention must be at levels of sides [32, 16, 8] (images are told before it), got [7]");
    assertRefused(
        () -> network.headFeatures(3), "features of a head must divide the width, 8, got 3");
    assertRefused(() -> network.groups(0), "groups must divide the width, 8, got 0");
    assertRefused(() -> network.classes(0), "classes must be in [1, 1000000], got 0");
    assertRefused(() -> network.text(0, 3), "tokens of a text must be in [1, 65536], got 0");
    assertRefused(
        () -> network.text(65_536, 4097), "features of a token must be in [1, 4096], got 4097");
    assertRefused(() -> network.time(0), "factor of the time must be finite and above 0, got 0.0");
  }

  /** A schedule that tells the step and not a time in [0, 1]. */
  @Test
  void learnsOnAScheduleOfSteps() {
    ResidualUNet network = ResidualUNet.of(8, 1, 2).images(1, 8).blocks(1).time(1);
    Training training =
        Training.of(Objective.of(NoiseSchedule.squaredCosine(1000), PredictionType.EPSILON))
            .batch(8)
            .epochs(10)
            .rate(3e-3)
            .threads(1);
    Batch batch = new Batches(network, training, new Blobs(48)).batch(order(48), 0, 1);
    assertThat(batch.conditions().get("timestep")[0]).isBetween(1f, 999f);
    try (Trainer trainer = Trainer.start(network, training, new Blobs(48));
        TrainedDenoiser denoiser = trainer.denoiser()) {
      List<Double> losses = losses(trainer);
      assertThat(losses).hasSize(60);
      assertThat(mean(losses.subList(48, 60))).isLessThan(.7 * mean(losses.subList(0, 12)));
      Sampling request = Sampling.fromNoise(Shape.images(2, 1, 8, 8)).steps(5);
      assertThat(Sampler.of(denoiser).sample(request).isFinite()).isTrue();
    }
  }

  private static int[] order(int size) {
    return IntStream.range(0, size).toArray();
  }

  private static double mean(List<Double> losses) {
    return losses.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
  }
}
