package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.train.Team.Work;
import io.github.diffusion4j.train.UNet.TimeEffect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program that is started again until its run has ended. */
class StartOrResumeTest {

  private static final Blobs DATA = new Blobs(20);

  @TempDir Path folder;

  private Trainer open(Training training) {
    return Trainer.startOrResume(Blobs.NET, training, DATA, folder);
  }

  private static final String DAMAGED =
      "; without this file, the last one would be epoch-0001.safetensors";

  /** The losses of an epoch at most. */
  private static List<Double> epoch(Trainer trainer) {
    List<Double> losses = new ArrayList<>();
    if (trainer.epochsDone() < trainer.training().epochs()) {
      trainer.iterator().next().forEach(step -> losses.add(step.loss()));
    }
    return losses;
  }

  @Test
  void eachStartGoesOnWhereTheLastEnded() {
    List<Double> expected = new ArrayList<>();
    try (Trainer trainer = Trainer.start(Blobs.NET, Blobs.TRAINING, DATA)) {
      trainer.forEach(epoch -> epoch.forEach(step -> expected.add(step.loss())));
    }
    List<Double> found = new ArrayList<>();
    for (int start = 0; start < 4; start++) {
      try (Trainer trainer = open(Blobs.TRAINING)) {
        assertThat(trainer.epochsDone()).isEqualTo(start);
        assertThat(trainer.stepsDone()).isEqualTo(3L * start);
        found.addAll(epoch(trainer));
      }
      if (start < 3) {
        assertThat(found).hasSize(3 * (start + 1));
      }
    }
    assertThat(found).isEqualTo(expected);
  }

  @Test
  void runStoppedBeforeItsFirstCheckpointBeginsAnew() {
    try (Trainer trainer = open(Blobs.TRAINING)) {
      trainer.iterator().next().iterator().next();
    }
    try (Trainer trainer = open(Blobs.TRAINING)) {
      assertThat(trainer.epochsDone()).isZero();
      assertThat(trainer.iterator().next().iterator().next().number()).isEqualTo(1);
    }
  }

  @Test
  void lossOnOtherImagesIsThatOfTheEpochsFile() {
    try (Trainer trainer = open(Blobs.TRAINING)) {
      epoch(trainer);
      Path file = folder.resolve("epoch-0001.safetensors");
      try (TrainedDenoiser now = trainer.denoiser();
          TrainedDenoiser saved = TrainedDenoiser.open(file)) {
        assertThat(saved.loss(new Blobs(7))).isEqualTo(now.loss(new Blobs(7)));
      }
    }
  }

  @Test
  void settingThatOneAloneHasIsADifference() {
    JsonNode one = Settings.asRead(Map.of("rate", 1));
    JsonNode two = Settings.asRead(Map.of("rate", 1, "extra", 2));
    assertThat(Settings.difference(one, two))
        .contains(new Settings.Difference("extra", "nothing", "2"));
    assertThat(Settings.difference(two, one))
        .contains(new Settings.Difference("extra", "2", "nothing"));
    assertThat(Settings.difference(two, two)).isEmpty();
  }

  @Test
  void filesCutBeforeTheFirstCheckpointAreBegunAnew() throws Exception {
    Files.writeString(folder.resolve("loss.csv"), "st");
    Files.writeString(folder.resolve("metrics.jsonl"), "{");
    try (Trainer trainer = open(Blobs.TRAINING)) {
      epoch(trainer);
    }
    assertThat(Files.readAllLines(folder.resolve("loss.csv"))).hasSize(4).startsWith("step,loss");
    assertThat(Files.readAllLines(folder.resolve("metrics.jsonl"))).hasSize(3);
  }

  @Test
  void damagedLastCheckpointIsNamedWithTheOneBefore() throws Exception {
    List<Double> expected = new ArrayList<>();
    try (Trainer trainer = open(Blobs.TRAINING)) {
      epoch(trainer);
      expected.addAll(epoch(trainer));
    }
    Path last = folder.resolve("epoch-0002.safetensors");
    Files.write(last, Arrays.copyOf(Files.readAllBytes(last), 2000));
    assertThatExceptionOfType(DiffusionException.class)
        .isThrownBy(() -> open(Blobs.TRAINING))
        .withMessageContaining(last.toString())
        .withMessageEndingWith(DAMAGED);
    assertThatExceptionOfType(DiffusionException.class)
        .isThrownBy(() -> TrainedDenoiser.open(folder))
        .withMessageEndingWith(DAMAGED);
    assertThatExceptionOfType(DiffusionException.class)
        .isThrownBy(() -> Trainer.resume(last, DATA))
        .withMessageNotContaining("without this file");
    Files.delete(last);
    try (Trainer trainer = open(Blobs.TRAINING)) {
      assertThat(epoch(trainer)).isEqualTo(expected);
    }
    Files.write(last, new byte[10]);
    Files.write(folder.resolve("epoch-0001.safetensors"), new byte[10]);
    assertThatExceptionOfType(DiffusionException.class)
        .isThrownBy(() -> open(Blobs.TRAINING))
        .withMessageContaining(last.toString())
        .withMessageNotContaining("without this file");
  }

  @Test
  void refusedStartLeavesARunItsThreads() {
    try (Trainer trainer = open(Blobs.TRAINING)) {
      assertThat(torch.get_num_threads()).isEqualTo(1);
      assertThatExceptionOfType(DiffusionException.class)
          .isThrownBy(() -> open(Blobs.TRAINING.threads(2)))
          .withMessageContaining("in use by another run");
      assertThat(torch.get_num_threads()).isEqualTo(1);
      assertThat(epoch(trainer)).hasSize(3);
    }
  }

  @Test
  void numberOfThreadsMayChange() {
    try (Trainer trainer = open(Blobs.TRAINING)) {
      epoch(trainer);
    }
    try (Trainer trainer = open(Blobs.TRAINING.threads(2))) {
      assertThat(trainer.training().threads()).isEqualTo(2);
      epoch(trainer);
      assertThat(torch.get_num_threads()).isEqualTo(2);
    } finally {
      torch.set_num_threads(1);
    }
    try (Trainer trainer = Trainer.resume(folder, DATA)) {
      assertThat(trainer.training().threads()).isEqualTo(2);
    } finally {
      torch.set_num_threads(1);
    }
  }

  @Test
  void anotherRunIsRefusedAndStaysAsItIs() throws Exception {
    try (Trainer trainer = open(Blobs.TRAINING)) {
      epoch(trainer);
    }
    byte[] losses = Files.readAllBytes(folder.resolve("loss.csv"));
    assertThatExceptionOfType(DiffusionException.class)
        .isThrownBy(() -> open(Blobs.TRAINING.seed(5)))
        .withMessageContainingAll(
            "folder " + folder, "another training.seed", "it has 7, this program asks for 5");
    assertThatExceptionOfType(DiffusionException.class)
        .isThrownBy(() -> open(Blobs.TRAINING.epochs(4)))
        .withMessageContaining("another training.epochs: it has 3, this program asks for 4");
    UNet other = Blobs.NET.time(TimeEffect.SHIFT);
    assertThatExceptionOfType(DiffusionException.class)
        .isThrownBy(() -> Trainer.startOrResume(other, Blobs.TRAINING, DATA, folder))
        .withMessageContaining(
            "another network.time: it has \"SCALE\", this program asks for \"SHIFT\"");
    assertThatExceptionOfType(DiffusionException.class)
        .isThrownBy(() -> Trainer.startOrResume(Blobs.NET, Blobs.TRAINING, new Blobs(21), folder))
        .withMessageContaining("expected size 20, found 21");
    assertThatNullPointerException()
        .isThrownBy(() -> Trainer.startOrResume(null, Blobs.TRAINING, DATA, folder))
        .withMessage("network");
    assertThat(folder.resolve("loss.csv")).hasBinaryContent(losses);
    open(Blobs.TRAINING).close(); // and it is free
  }

  /** An epoch at each start; the folder of worker 1 is none. */
  static final class Epochs implements Work {
    @Override
    public void run(Workers workers, Path folder) {
      Path own = workers.rank() == 0 ? folder : Path.of("nowhere");
      try (Trainer trainer =
          Trainer.startOrResume(Blobs.NET, Blobs.TRAINING, DATA, own, workers.synchronised())) {
        epoch(trainer).forEach(System.out::println);
      }
    }
  }

  @Test
  void worker0SaysWhetherAllStartOrResume() throws Exception {
    List<Double> expected = new ArrayList<>();
    try (Trainer trainer = Trainer.start(Blobs.NET, Blobs.TRAINING, DATA)) {
      expected.addAll(epoch(trainer));
      expected.addAll(epoch(trainer));
    }
    List<Double> found = new ArrayList<>();
    for (int start = 0; start < 2; start++) {
      try (Team team = Team.start(2, Epochs.class, folder)) {
        found.addAll(team.losses());
      }
    }
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.size(); i++) {
      assertThat(Math.abs(found.get(i) - expected.get(i))).as("step %d", i + 1).isLessThan(1e-4);
    }
  }

  /** Worker 1 has another seed, on any start. */
  static final class Seeds implements Work {
    @Override
    public void run(Workers workers, Path folder) {
      Training own = Blobs.TRAINING.seed(Blobs.TRAINING.seed() + workers.rank());
      try (Trainer trainer = Trainer.startOrResume(Blobs.NET, own, DATA, folder, workers)) {
        epoch(trainer).forEach(System.out::println);
      }
    }
  }

  @Test
  void workerWithOtherSettingsIsRefusedWhereAllResumeToo() throws Exception {
    try (Trainer trainer = open(Blobs.TRAINING)) {
      epoch(trainer);
    }
    try (Team team = Team.start(2, Seeds.class, folder)) {
      String refused = "the folder of worker 0 holds a run with another training.seed: it has 7";
      assertThat(team.rest(1)).singleElement().asString().contains(refused);
      assertThat(team.rest(0)).singleElement().asString().contains("worker 1", refused);
    }
  }
}
