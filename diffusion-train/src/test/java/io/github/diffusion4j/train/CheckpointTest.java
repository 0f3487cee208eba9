package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.NoiseSchedule;
import io.github.diffusion4j.PredictionType;
import io.github.diffusion4j.train.parameters.Values;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checkpoints that are not what they should be. */
class CheckpointTest {

  private static final Blobs DATA = new Blobs(20);

  @TempDir static Path run;
  @TempDir Path folder;

  private static Path good;

  @BeforeAll
  static void train() {
    try (Trainer trainer = Trainer.start(Blobs.NET, Blobs.TRAINING.epochs(1), DATA, run)) {
      trainer.forEach(epoch -> epoch.forEach(step -> {}));
    }
    good = run.resolve("epoch-0001.safetensors");
  }

  private Path edited(
      java.util.function.BiConsumer<Map<String, String>, Map<String, Values>> edit) {
    Safetensors saved = Safetensors.read(good);
    Map<String, String> metadata = new LinkedHashMap<>(saved.metadata());
    Map<String, Values> tensors = new TreeMap<>(saved.tensors());
    edit.accept(metadata, tensors);
    Path file = folder.resolve("edited.safetensors");
    new Safetensors(metadata, tensors).write(file);
    return file;
  }

  private static void assertRefused(Path file, String... texts) {
    assertThatExceptionOfType(DiffusionException.class)
        .isThrownBy(() -> Trainer.resume(file, DATA))
        .satisfies(e -> assertThat(e).hasMessageContaining(file.toString()))
        .satisfies(e -> assertThat(e.getMessage()).contains(texts));
    assertThatExceptionOfType(DiffusionException.class)
        .isThrownBy(() -> TrainedDenoiser.open(file))
        .withMessageContaining(file.toString());
  }

  @Test
  void recordsWhatMadeIt() {
    Map<String, String> metadata = Safetensors.read(good).metadata();
    assertThat(metadata)
        .containsEntry("format", "diffusion4j checkpoint 2")
        .containsEntry("steps", "3")
        .containsKeys("version", "network", "training", "data", "epochLosses");
    assertThat(metadata.get("data")).contains("blobs:20");
    assertThat(metadata.get("training")).contains("\"seed\":7");
    assertThat(metadata.get("machine"))
        .contains(System.getProperty("os.name"), "Java " + System.getProperty("java.version"))
        .containsPattern("LibTorch \\d+\\.\\d+");
  }

  @Test
  void tellsWhatMadeItAndNotWhatReadsIt() {
    Path file =
        edited(
            (metadata, tensors) -> {
              metadata.put("version", "0.0.9");
              metadata.put("machine", "an abacus");
            });
    try (TrainedDenoiser opened = TrainedDenoiser.open(file)) {
      assertThat(opened.metadata())
          .containsEntry("diffusion4j.version", "0.0.9")
          .containsEntry("diffusion4j.machine", "an abacus");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "scaledLinear(1000, 8.5E-4, 0.012).zeroTerminalSnr | VELOCITY",
        "linear(300, 1.0E-4, 0.02).timed(0.5, 0.0) | CLEAN",
        "edm(0.002, 80.0, 0.5) | EDM(0.5)"
      })
  void aNamedScheduleAndTypeAreOpenedAgain(String schedule, String prediction) {
    Objective objective =
        Objective.of(NoiseSchedule.named(schedule), PredictionType.named(prediction));
    Training training = Blobs.TRAINING.epochs(1).objective(objective);
    try (Trainer trainer = Trainer.start(Blobs.NET, training, DATA, folder)) {
      trainer.forEach(epoch -> epoch.forEach(step -> {}));
    }
    try (TrainedDenoiser opened = TrainedDenoiser.open(folder)) {
      assertThat(opened.schedule()).hasToString(schedule);
      assertThat(opened.prediction()).hasToString(prediction);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 7, 8, 100, 3000, -1, -8})
  void truncatedFileIsRefused(int length) throws IOException {
    byte[] bytes = Files.readAllBytes(good);
    Path file = folder.resolve("cut.safetensors");
    Files.write(file, Arrays.copyOf(bytes, length < 0 ? bytes.length + length : length));
    assertRefused(file, "safetensors", "expected", "found");
  }

  /** A digit among the settings, and bits of the first, middle and last values. */
  @Test
  void fileWithAnotherBitIsRefused() throws IOException {
    byte[] bytes = Files.readAllBytes(good);
    int header = 8 + (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    int digit = new String(bytes, 0, header, StandardCharsets.ISO_8859_1).indexOf("batch") + 8;
    int middle = (header + bytes.length) / 2;
    for (int place : new int[] {digit, header, middle, bytes.length - 1}) {
      byte[] flipped = bytes.clone();
      flipped[place] ^= 1;
      Path file = Files.write(folder.resolve("flipped.safetensors"), flipped);
      assertRefused(file, "expected metadata and values of CRC-32C", "found");
    }
  }

  @Test
  void fileOfOtherBytesIsRefused() throws IOException {
    Path file = folder.resolve("text.safetensors");
    Files.writeString(file, "this is not a checkpoint, it is a sentence");
    assertRefused(file, "expected", "found");
  }

  @Test
  void missingFileAndEmptyFolderAreNamed() {
    assertRefused(folder.resolve("none.safetensors"), "there is no checkpoint");
    assertRefused(folder, "epoch-NNNN.safetensors", "found none");
  }

  @Test
  void tensorsOfAnotherProgramAreRefused() {
    Path file =
        edited(
            (metadata, tensors) -> {
              metadata.clear();
              metadata.put("format", "pt");
            });
    assertRefused(file, "expected format diffusion4j checkpoint 2 or 1, found pt");
  }

  @Test
  void newerFormatIsRefused() {
    Path file = edited((metadata, tensors) -> metadata.put("format", "diffusion4j checkpoint 3"));
    assertRefused(file, "expected format diffusion4j checkpoint 2 or 1", "checkpoint 3");
  }

  @Test
  void missingTensorIsNamed() {
    Path file = edited((metadata, tensors) -> tensors.remove("model.out.bias"));
    assertRefused(file, "tensor model.out.bias as F32 [1], found none");
  }

  @Test
  void tensorOfAnotherShapeIsNamed() {
    Path file =
        edited(
            (metadata, tensors) ->
                tensors.put(
                    "model.out.bias", new Values(false, List.of(2), ByteBuffer.allocate(8))));
    assertRefused(file, "tensor model.out.bias as F32 [1], found F32 [2]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "network | {\"network\":\"ViT\"} | network must be of [ResidualUNet, UNet] or of a NetworkFamily that ServiceLoader finds, which are",
        "network | {\"network\":\"UNet\",\"width\":-3,\"channels\":1,\"size\":8} | -3",
        "network | {\"network\":\"UNet\",\"width\":1024,\"channels\":1,\"size\":64,\"time\":\"NONE\",\"classes\":0} | a parameter has at most 268435456 values",
        "training | {\"batch\":64} | epochs of training must be a whole number, found nothing",
        "training | {\"batch\":true} | batch of training must be a whole number, found true",
        "training | not JSON | not",
        "steps | many | many",
        "steps | \"3\" | steps must be a whole number of at least 0, found \"3\"",
        "steps | -3 | steps must be a whole number of at least 0, found -3",
        "steps | 4 | steps must be at most 3 after 1 epochs, got 4",
        "epochLosses | [\"low\"] | low",
        "epochSteps | 1 | epochSteps must be in [0, 0], got 1",
        "epochLossSum | low | epochLossSum must be JSON",
        "epochLosses | [0.5, 0.4] | number of epochLosses must be in [0, 1], got 2",
        "data | {\"name\":\"blobs\",\"hash\":\"x\",\"size\":2.5} | size of data must be a whole number"
      })
  void spoiltHeaderIsNamed(String entry, String value, String text) {
    assertRefused(edited((metadata, tensors) -> metadata.put(entry, value)), text);
  }

  /** The header as it was before there were optimisers, weights and checkpoints within epochs. */
  @Test
  void settingsOfTheFirstFormatAreRead() {
    Path file =
        edited(
            (metadata, tensors) -> {
              metadata.put("format", "diffusion4j checkpoint 1");
              metadata.keySet().removeAll(Set.of("epochSteps", "epochLossSum"));
              metadata.put(
                  "training",
                  """
                    {"batch":8,"epochs":2,"rate":0.01,"finalRateShare":0.1,
                    "conditioningDropout":0.1,"seed":7,"threads":1,"double":false,
                    "schedule":"rectifiedFlow","prediction":"FLOW_TO_DATA"}""");
            });
    try (TrainedDenoiser denoiser = TrainedDenoiser.open(file)) {
      assertThat(denoiser.prediction()).hasToString("FLOW_TO_DATA");
    }
    assertThat(Checkpoint.read(file).training())
        .hasToString(Training.flowMatching().batch(8).epochs(2).seed(7).threads(1).toString());
  }

  @Test
  void missingHeaderEntryIsNamed() {
    assertRefused(edited((metadata, tensors) -> metadata.remove("steps")), "steps is missing");
  }
}
