package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.PredictionType;
import io.github.diffusion4j.train.data.Augmentation;
import io.github.diffusion4j.train.data.Dataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainerTest {

  private static final Blobs DATA = new Blobs(20);
  private static final Dataset AUGMENTED =
      DATA.augmented(Augmentation.flip(.5)).augmented(Augmentation.shift(1));

  /** What a run's folder holds after its first epoch. */
  static final String[] ONE_EPOCH = {
    ".lock",
    "epoch-0001.safetensors",
    "epochs.csv",
    "loss.csv",
    "loss.svg",
    "metrics.jsonl",
    "settings.json"
  };

  @TempDir Path folder;

  private static List<TrainingStep> finish(Trainer trainer) {
    List<TrainingStep> steps = new ArrayList<>();
    for (Epoch epoch : trainer) {
      epoch.forEach(steps::add);
    }
    return steps;
  }

  @Test
  void stepsAreNumberedThroughTheRunAndWithinTheEpoch() {
    try (Trainer trainer = Trainer.start(Blobs.NET, Blobs.TRAINING, DATA)) {
      List<TrainingStep> steps = finish(trainer);
      assertThat(steps)
          .extracting(TrainingStep::number)
          .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
      assertThat(steps).extracting(TrainingStep::index).containsExactly(1, 2, 3, 1, 2, 3, 1, 2, 3);
      assertThat(steps).allSatisfy(step -> assertThat(step.steps()).isEqualTo(3));
      assertThat(trainer.epochsDone()).isEqualTo(3);
    }
  }

  @Test
  void lossFalls() {
    Training training = Blobs.TRAINING.epochs(30);
    try (Trainer trainer = Trainer.start(Blobs.NET, training, DATA)) {
      List<TrainingStep> steps = finish(trainer);
      double first = mean(steps.subList(0, 9));
      double last = mean(steps.subList(steps.size() - 9, steps.size()));
      assertThat(last).isLessThan(first / 2);
    }
  }

  private static double mean(List<TrainingStep> steps) {
    return steps.stream().mapToDouble(TrainingStep::loss).average().orElseThrow();
  }

  @Test
  void sameSeedGivesSameLossesAndAnotherGivesOthers() {
    List<List<TrainingStep>> runs = new ArrayList<>();
    for (long seed : new long[] {1, 1, 2}) {
      try (Trainer trainer = Trainer.start(Blobs.NET, Blobs.TRAINING.seed(seed), DATA)) {
        runs.add(finish(trainer));
      }
    }
    assertThat(runs.get(1)).isEqualTo(runs.get(0));
    assertThat(runs.get(2)).isNotEqualTo(runs.get(0));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void resumedRunEqualsUninterruptedOneBitForBit(boolean isAugmented) throws IOException {
    Dataset data = isAugmented ? AUGMENTED : DATA;
    Path whole = folder.resolve("whole");
    Path cut = folder.resolve("cut");
    List<TrainingStep> expected;
    try (Trainer trainer = Trainer.start(Blobs.NET, Blobs.TRAINING, data, whole)) {
      expected = finish(trainer);
    }
    List<TrainingStep> found = new ArrayList<>();
    try (Trainer trainer = Trainer.start(Blobs.NET, Blobs.TRAINING, data, cut)) {
      Iterator<Epoch> epochs = trainer.iterator();
      epochs.next().forEach(found::add);
      epochs.next().iterator().next();
    }
    Path metrics = cut.resolve("metrics.jsonl");
    List<String> lines = Files.readAllLines(metrics);
    lines.set(2, lines.get(2).replaceFirst("\"seconds\":.*}", "\"seconds\":1.23456789012E7}"));
    Files.write(metrics, lines);
    try (Trainer trainer = Trainer.resume(cut, data)) {
      assertThat(trainer.epochsDone()).isEqualTo(1);
      found.addAll(finish(trainer));
    }
    assertThat(found).isEqualTo(expected);
    for (String file : names(whole)) {
      if (!file.equals("metrics.jsonl")) {
        assertThat(cut.resolve(file)).hasSameBinaryContentAs(whole.resolve(file));
      }
    }
    assertThat(names(cut)).isEqualTo(names(whole));
    assertThat(withoutTimes(cut)).isEqualTo(withoutTimes(whole)).hasSize(expected.size());
    assertThat(times(cut)).isSorted().hasSize(expected.size());
    assertThat(times(cut).get(8)).isBetween(12345678.9, 12355678.9);
  }

  @Test
  void damagedMetricsAreKeptUntilTheLastLineThatIsWhole() throws IOException {
    try (Trainer trainer = Trainer.start(Blobs.NET, Blobs.TRAINING, DATA, folder)) {
      trainer.iterator().next().forEach(step -> {});
    }
    Path metrics = folder.resolve("metrics.jsonl");
    List<String> lines = new ArrayList<>(Files.readAllLines(metrics));
    lines.set(1, "{\"step\":2,");
    lines.add(2, "");
    Files.writeString(metrics, String.join("\n", lines) + "\n{\"step\":3,\"epo");
    try (Trainer trainer = Trainer.resume(folder, DATA)) {
      finish(trainer);
    }
    List<String> found = Files.readAllLines(metrics);
    assertThat(found.subList(0, 4)).isEqualTo(lines).last().asString().contains("\"step\":3,");
    assertThat(found.get(4)).startsWith("{\"step\":4,\"epoch\":2,");
    assertThat(found).hasSize(10);
  }

  private static List<Double> times(Path run) throws IOException {
    return Files.readAllLines(run.resolve("metrics.jsonl")).stream()
        .map(line -> Double.valueOf(line.replaceFirst(".*,\"seconds\":([0-9.E-]+)}$", "$1")))
        .toList();
  }

  private static List<String> withoutTimes(Path run) throws IOException {
    return Files.readAllLines(run.resolve("metrics.jsonl")).stream()
        .map(line -> line.replaceFirst(",\"seconds\":[0-9.E-]+}$", "}"))
        .toList();
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void folderHoldsCheckpointOfEveryEpochAndLossOfEveryStep() throws IOException {
    List<TrainingStep> steps;
    try (Trainer trainer = Trainer.start(Blobs.NET, Blobs.TRAINING, DATA, folder.resolve("run"))) {
      steps = finish(trainer);
    }
    assertThat(names(folder.resolve("run")))
        .containsExactly(
            ".lock",
            "epoch-0001.safetensors",
            "epoch-0002.safetensors",
            "epoch-0003.safetensors",
            "epochs.csv",
            "loss.csv",
            "loss.svg",
            "metrics.jsonl",
            "settings.json");
    List<String> lines = new ArrayList<>(List.of("step,loss"));
    steps.forEach(step -> lines.add(step.number() + "," + step.loss()));
    assertThat(folder.resolve("run/loss.csv")).hasContent(String.join("\n", lines));
    TrainingStep last = steps.get(steps.size() - 1);
    assertThat(withoutTimes(folder.resolve("run")))
        .endsWith(
            "{\"step\":9,\"epoch\":3,\"rate\":" + last.rate() + ",\"loss\":" + last.loss() + "}");
  }

  @Test
  void leavingAnEpochEarlyEndsItWithACheckpoint() throws IOException {
    int made = 0;
    try (Trainer trainer = Trainer.start(Blobs.NET, Blobs.TRAINING, DATA, folder.resolve("run"))) {
      for (Epoch epoch : trainer) {
        for (TrainingStep step : epoch) {
          made++;
          if (step.index() == epoch.number()) {
            break;
          }
        }
      }
    }
    assertThat(made).isEqualTo(1 + 2 + 3);
    assertThat(names(folder.resolve("run"))).hasSize(9);
  }

  @Test
  void epochWithoutStepsCanBeSavedAndResumed() {
    try (Trainer trainer = Trainer.start(Blobs.NET, Blobs.TRAINING, DATA, folder.resolve("run"))) {
      Iterator<Epoch> epochs = trainer.iterator();
      epochs.next();
      epochs.next();
    }
    try (Trainer trainer = Trainer.resume(folder.resolve("run"), DATA)) {
      assertThat(finish(trainer)).hasSize(6);
    }
  }

  @Test
  void lossThatIsNotANumberStopsTheRunAndKeepsTheLastCheckpoint() throws IOException {
    Path run = folder.resolve("run");
    Training spoilt =
        Blobs.TRAINING.objective(
            Objective.of(new Spoilt(1 + DATA.size()), PredictionType.FLOW_TO_DATA));
    try (Trainer trainer = Trainer.start(Blobs.NET, spoilt, DATA, run)) {
      assertThatExceptionOfType(DiffusionException.class)
          .isThrownBy(() -> finish(trainer))
          .withMessageContaining("loss is NaN at step 4 (step 1 of epoch 2)")
          .withMessageContaining("epoch-0001.safetensors");
      assertThatIllegalStateException()
          .isThrownBy(() -> trainer.iterator().hasNext())
          .withMessageContaining("step 4");
      assertThatIllegalStateException().isThrownBy(trainer::denoiser);
    }
    assertThat(names(run)).containsExactly(ONE_EPOCH);
    try (Trainer trainer = Trainer.resume(run, DATA)) {
      assertThat(finish(trainer)).hasSize(6);
    }
  }

  @Test
  void interruptedThreadKeepsItsFiles() throws IOException {
    Thread.currentThread().interrupt();
    try (Trainer trainer = Trainer.start(Blobs.NET, Blobs.TRAINING.epochs(1), DATA, folder)) {
      finish(trainer);
    }
    Trainer.resume(folder, DATA).close();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(names(folder)).containsExactly(ONE_EPOCH);
  }

  @Test
  void checkpointThatCannotBeWrittenStopsTheRun() throws IOException {
    Files.createDirectories(folder.resolve("epoch-0002.safetensors/in the way"));
    assertThatExceptionOfType(DiffusionException.class)
        .isThrownBy(() -> Trainer.start(Blobs.NET, Blobs.TRAINING, DATA, folder));
    Path run = folder.resolve("run");
    try (Trainer trainer = Trainer.start(Blobs.NET, Blobs.TRAINING, DATA, run)) {
      Files.createDirectories(run.resolve("epoch-0001.safetensors/in the way"));
      assertThatExceptionOfType(DiffusionException.class)
          .isThrownBy(() -> finish(trainer))
          .withMessageContaining("epoch-0001.safetensors");
      assertThatIllegalStateException().isThrownBy(() -> trainer.iterator().hasNext());
    }
  }

  private static void finishWithOthers(Trainer trainer) {
    while (trainer.epochsDone() < 20) {
      try {
        finish(trainer);
      } catch (NoSuchElementException e) {
        assertThat(e).hasMessageContaining("has ended"); // by another thread, after hasNext
      }
    }
  }

  @Test
  void threadsTakeTurns() {
    try (Trainer trainer = Trainer.start(Blobs.NET, Blobs.TRAINING.epochs(20), DATA)) {
      IntStream.range(0, 3).parallel().forEach(thread -> finishWithOthers(trainer));
      assertThat(trainer.epochsDone()).isEqualTo(20);
    }
  }
}
