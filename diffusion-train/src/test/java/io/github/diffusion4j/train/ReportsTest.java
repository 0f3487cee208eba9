package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.diffusion4j.DiffusionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run's folder tells people and other programs. */
class ReportsTest {

  private static final Blobs DATA = new Blobs(20);

  @TempDir Path folder;

  private JsonNode settings() throws IOException {
    return new ObjectMapper().readTree(folder.resolve("settings.json").toFile());
  }

  @Test
  void settingsAreThoseOfTheRunFromItsFirstMomentOn() throws IOException {
    Trainer.start(Blobs.NET, Blobs.TRAINING, DATA.validatedOn(new Named("Zürich, 数字")), folder)
        .close();
    JsonNode settings = settings();
    ObjectMapper json = new ObjectMapper();
    assertThat(settings.get("format").asText()).isEqualTo("diffusion4j run 1");
    assertThat(settings.get("network")).isEqualTo(json.valueToTree(Blobs.NET.settings()));
    assertThat(settings.get("training").get("rate").asDouble()).isEqualTo(1e-2);
    assertThat(settings.get("training").get("seed").asLong()).isEqualTo(7);
    assertThat(settings.get("data").get("name").asText())
        .isEqualTo("blobs, validated on (Zürich, 数字)");
    assertThat(settings.get("data").get("size").asInt()).isEqualTo(20);
    assertThat(settings.get("data").get("heldBack").asInt()).isEqualTo(20);
    assertThat(settings.get("version").asText()).isNotEmpty();
    assertThat(settings.get("machine").asText()).contains("LibTorch");
    assertThat(settings.has("origin")).isFalse();
    assertThat(folder.resolve("epochs.csv")).hasContent("epoch,loss,validation");
    assertThat(folder.resolve("loss.svg")).doesNotExist();
  }

  /** Blobs of another name. */
  private record Named(String name) implements LikeBlobs {

    @Override
    public Blobs blobs() {
      return DATA;
    }
  }

  @Test
  void settingsTellWhatARunGoesOnWithAndWhereItsNetworkComesFrom() throws IOException {
    Path first = folder.resolve("first");
    try (Trainer trainer = Trainer.start(Blobs.NET, Blobs.TRAINING, DATA, first)) {
      trainer.iterator().next().forEach(step -> {});
    }
    try (TrainedDenoiser denoiser = TrainedDenoiser.open(first)) {
      denoiser.train(Blobs.TRAINING, DATA, folder).close();
    }
    JsonNode origin = settings().get("origin").get(0);
    assertThat(origin.get("steps").asInt()).isEqualTo(3);
    assertThat(origin.get("training").get("seed").asLong()).isEqualTo(7);
    assertThat(origin.get("machine").asText()).contains("LibTorch");
    Training other = Blobs.TRAINING.checkpoints(CheckpointPolicy.everyEpoch().everySteps(2));
    Trainer.startOrResume(Blobs.NET, other, DATA, first).close();
    JsonNode settings = new ObjectMapper().readTree(first.resolve("settings.json").toFile());
    assertThat(settings.get("training").get("checkpointSteps").asInt()).isEqualTo(2);
  }

  @Test
  void reportsThatAreNotThereOrCutAreWrittenWhenTheRunGoesOn() throws IOException {
    try (Trainer trainer = Trainer.start(Blobs.NET, Blobs.TRAINING, DATA, folder)) {
      trainer.iterator().next().forEach(step -> {});
    }
    byte[] settings = Files.readAllBytes(folder.resolve("settings.json"));
    byte[] epochs = Files.readAllBytes(folder.resolve("epochs.csv"));
    Files.delete(folder.resolve("settings.json"));
    Files.writeString(folder.resolve("epochs.csv"), "");
    Files.delete(folder.resolve("loss.svg"));
    Trainer.resume(folder, DATA).close();
    assertThat(folder.resolve("settings.json")).hasBinaryContent(settings);
    assertThat(folder.resolve("epochs.csv")).hasBinaryContent(epochs);
  }

  @Test
  void settingsInAnotherLayoutAreTheRuns() throws IOException {
    try (Trainer trainer = Trainer.start(Blobs.NET, Blobs.TRAINING, DATA, folder)) {
      trainer.iterator().next().forEach(step -> {});
    }
    Path file = folder.resolve("settings.json");
    String settings = Files.readString(file);
    for (String layout : List.of(settings.replace("\n", "\r\n"), settings().toString(), "")) {
      Files.writeString(file, layout);
      Trainer.resume(folder, DATA).close();
      assertThat(file).hasContent(settings);
    }
  }

  @Test
  void filesOfSomethingElseAreNotWrittenOver() throws IOException {
    for (String name : List.of("settings.json", "epochs.csv", "loss.svg")) {
      Path other = Files.writeString(folder.resolve(name), "something else");
      assertThatExceptionOfType(DiffusionException.class)
          .isThrownBy(() -> Trainer.start(Blobs.NET, Blobs.TRAINING, DATA, folder))
          .withMessageContainingAll(name, "found something else");
      assertThat(other).hasContent("something else");
      Files.delete(other);
    }
    assertThat(folder.resolve("loss.csv")).doesNotExist();
  }

  @Test
  void picturesOfEpochsAreNotWrittenOverByANewRun() throws IOException {
    for (String name : List.of("epoch-0002.png", "epoch-0001.gif")) {
      Path other = Files.writeString(folder.resolve(name), "something else");
      assertThatExceptionOfType(DiffusionException.class)
          .isThrownBy(() -> Trainer.startOrResume(Blobs.NET, Blobs.TRAINING, DATA, folder))
          .withMessageContainingAll("must have no pictures of epochs", name);
      Files.delete(other);
    }
    Files.writeString(folder.resolve("holiday.png"), "not of a run");
    Trainer.startOrResume(Blobs.NET, Blobs.TRAINING, DATA, folder).close();
  }

  @Test
  void oldCheckpointsAreRemovedWhereAReportCannotBeWritten() throws IOException {
    Files.createDirectories(folder);
    Training one = Blobs.TRAINING.checkpoints(CheckpointPolicy.everyEpoch().keepLast(1));
    try (Trainer trainer = Trainer.start(Blobs.NET, one, DATA, folder)) {
      Files.createDirectories(folder.resolve("loss.svg").resolve("full"));
      trainer.forEach(epoch -> epoch.forEach(step -> {}));
    }
    assertThat(folder.resolve("epoch-0002.safetensors")).doesNotExist();
    assertThat(folder.resolve("epoch-0003.safetensors")).exists();
  }

  @Test
  void aRunGoesOnWhereAnOldCheckpointCannotBeRemoved() throws IOException {
    Training one = Blobs.TRAINING.checkpoints(CheckpointPolicy.everyEpoch().keepLast(1));
    try (Trainer trainer = Trainer.start(Blobs.NET, one, DATA, folder)) {
      trainer.iterator().next().forEach(step -> {});
      Files.delete(folder.resolve("epoch-0001.safetensors"));
      Files.createDirectories(folder.resolve("epoch-0001.safetensors").resolve("full"));
      trainer.forEach(epoch -> epoch.forEach(step -> {}));
      assertThat(trainer.epochsDone()).isEqualTo(3);
    }
    assertThat(folder.resolve("epochs.csv")).content().hasLineCount(4);
  }

  @Test
  void aRunGoesOnWhereAReportCannotBeWritten() throws IOException {
    try (Trainer trainer = Trainer.start(Blobs.NET, Blobs.TRAINING, DATA, folder)) {
      trainer.iterator().next().forEach(step -> {});
      assertThat(trainer.epochsDone()).isEqualTo(1);
      Files.delete(folder.resolve("loss.svg"));
      Path inTheWay = Files.createDirectories(folder.resolve("loss.svg").resolve("full"));
      trainer.forEach(epoch -> epoch.forEach(step -> {}));
      Files.delete(inTheWay);
      Files.delete(inTheWay.getParent());
    }
    assertThat(folder.resolve("epoch-0003.safetensors")).exists();
    assertThat(folder.resolve("epochs.csv")).content().hasLineCount(4);
    Trainer.resume(folder, DATA).close();
  }
}
