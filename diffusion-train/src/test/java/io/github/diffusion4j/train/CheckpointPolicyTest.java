package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.internal.files.WholeFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which checkpoints a run writes, keeps and goes on from. An epoch has three steps. */
class CheckpointPolicyTest {

  private static final Blobs DATA = new Blobs(20);
  private static final CheckpointPolicy EVERY = CheckpointPolicy.everyEpoch();

  /** What else a run's folder holds. */
  private static final List<String> OTHERS =
      List.of(".lock", "loss.csv", "metrics.jsonl", "epochs.csv", "settings.json", "loss.svg");

  @TempDir Path folder;

  private static Training training(CheckpointPolicy policy) {
    return Blobs.TRAINING.epochs(4).optimiser(OptimiserTest.ALL).checkpoints(policy);
  }

  /** Makes some steps and leaves. */
  private static List<TrainingStep> steps(Trainer trainer, int count) {
    List<TrainingStep> steps = new ArrayList<>();
    for (Epoch epoch : trainer) {
      for (TrainingStep step : epoch) {
        steps.add(step);
        if (steps.size() == count) {
          return steps;
        }
      }
    }
    return steps;
  }

  private List<String> after(int steps, CheckpointPolicy policy) throws IOException {
    Path run = folder.resolve(policy.hashCode() + "-" + steps);
    try (Trainer trainer = Trainer.start(Blobs.NET, training(policy), DATA, run)) {
      steps(trainer, steps);
    }
    return checkpoints(run);
  }

  private static List<String> checkpoints(Path run) throws IOException {
    try (Stream<Path> files = Files.list(run)) {
      return files
          .map(file -> file.getFileName().toString().replace(".safetensors", ""))
          .filter(name -> !OTHERS.contains(name))
          .sorted()
          .toList();
    }
  }

  @Test
  void checkpointWithinAnEpochIsKeptUntilTheNext() throws IOException {
    assertThat(after(1, EVERY.everySteps(2))).isEmpty();
    assertThat(after(2, EVERY.everySteps(2))).containsExactly("epoch-0001-step-00000002");
    assertThat(after(3, EVERY.everySteps(2))).containsExactly("epoch-0001");
    assertThat(after(5, EVERY.everySteps(2)))
        .containsExactly("epoch-0001", "epoch-0002-step-00000004");
    assertThat(after(12, EVERY.everySteps(2)))
        .containsExactly("epoch-0001", "epoch-0002", "epoch-0003", "epoch-0004");
  }

  @Test
  void lastOnesAreKeptAndTheEpochsThatWereAskedFor() throws IOException {
    assertThat(after(12, EVERY.keepLast(2))).containsExactly("epoch-0003", "epoch-0004");
    assertThat(after(11, EVERY.keepLast(2).everySteps(1)))
        .containsExactly("epoch-0004-step-00000010", "epoch-0004-step-00000011");
    assertThat(after(12, EVERY.keepLast(1).keepEpochs(1, 3)))
        .containsExactly("epoch-0001", "epoch-0003", "epoch-0004");
  }

  @Test
  void bestEpochIsKeptBesidesTheLast() {
    List<CheckpointFile> files = List.of(1, 2, 3, 4).stream().map(CheckpointFile::ofEpoch).toList();
    CheckpointPolicy best = EVERY.keepLast(1).keepBest();
    assertThat(best.superfluous(files, OptionalInt.of(2)))
        .containsExactly(CheckpointFile.ofEpoch(1), CheckpointFile.ofEpoch(3));
    assertThat(best.superfluous(files, OptionalInt.empty())).hasSize(3);
    assertThat(best.keepEpochs(1).superfluous(files, OptionalInt.of(4)))
        .containsExactly(CheckpointFile.ofEpoch(2), CheckpointFile.ofEpoch(3));
    assertThat(EVERY.keepBest().superfluous(files, OptionalInt.of(2))).isEmpty();
  }

  @Test
  void runResumedWithinAnEpochEqualsTheUninterruptedOneBitForBit() throws IOException {
    Training training = training(EVERY.everySteps(1).keepLast(3).keepEpochs(1));
    Path whole = folder.resolve("whole");
    List<TrainingStep> expected;
    try (Trainer trainer = Trainer.start(Blobs.NET, training, DATA, whole)) {
      expected = steps(trainer, 100);
    }
    assertThat(expected).hasSize(12);
    Path cut = folder.resolve("cut");
    List<TrainingStep> found;
    try (Trainer trainer = Trainer.start(Blobs.NET, training, DATA, cut)) {
      found = steps(trainer, 1);
    }
    for (int more : new int[] {1, 2, 3, 1, 100}) {
      try (Trainer trainer = Trainer.resume(cut, DATA)) {
        found.addAll(steps(trainer, more));
      }
    }
    assertThat(found).isEqualTo(expected);
    assertThat(checkpoints(cut)).isEqualTo(checkpoints(whole));
    for (String name : List.of("loss.csv", "epoch-0001.safetensors", "epoch-0004.safetensors")) {
      assertThat(cut.resolve(name)).hasSameBinaryContentAs(whole.resolve(name));
    }
  }

  @Test
  void meanLossOfAResumedEpochIsThatOfAllItsSteps() {
    Training training = training(EVERY.everySteps(1));
    List<TrainingStep> steps = new ArrayList<>();
    try (Trainer trainer = Trainer.start(Blobs.NET, training, DATA, folder)) {
      steps.addAll(steps(trainer, 2));
    }
    try (Trainer trainer = Trainer.resume(folder, DATA)) {
      Epoch epoch = trainer.iterator().next();
      epoch.forEach(steps::add);
      assertThat(steps).extracting(TrainingStep::index).containsExactly(1, 2, 3);
      double sum = steps.get(0).loss() + steps.get(1).loss() + steps.get(2).loss();
      assertThat(epoch.meanLoss()).isEqualTo(sum / 3);
    }
  }

  @Test
  void resumedRunCanBeGivenOtherCheckpoints() throws IOException {
    try (Trainer trainer = Trainer.start(Blobs.NET, training(EVERY), DATA, folder)) {
      steps(trainer, 7);
    }
    Training other = training(EVERY.everySteps(2).keepLast(1));
    try (Trainer trainer = Trainer.startOrResume(Blobs.NET, other, DATA, folder)) {
      steps(trainer, 2);
      assertThat(checkpoints(folder)).containsExactly("epoch-0003-step-00000008");
    }
  }

  @Test
  void laterCheckpointWithinAnEpochForbidsAnEarlierOne() {
    try (Trainer trainer = Trainer.start(Blobs.NET, training(EVERY.everySteps(1)), DATA, folder)) {
      steps(trainer, 4);
    }
    assertThatExceptionOfType(DiffusionException.class)
        .isThrownBy(() -> Trainer.resume(folder.resolve("epoch-0001.safetensors"), DATA))
        .withMessageContaining("found epoch-0002-step-00000004.safetensors");
  }

  @Test
  void whatAKilledRunLeftOfACheckpointIsRemovedAndNothingElse() throws IOException {
    try (Trainer trainer = Trainer.start(Blobs.NET, training(EVERY), DATA, folder)) {
      steps(trainer, 3);
    }
    List<String> others =
        List.of(".epoch-0002", ".epoch-0002.safetensors", leftOver("mine.safetensors"));
    for (String other : others) {
      Files.createFile(folder.resolve(other));
    }
    Files.createFile(folder.resolve(leftOver("epoch-0002.safetensors")));
    Files.createFile(folder.resolve(leftOver("epoch-0002-step-00000004.safetensors")));
    Trainer.resume(folder, DATA).close();
    List<String> left = new ArrayList<>(others);
    left.add("epoch-0001.safetensors");
    left.addAll(OTHERS);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(left);
    }
  }

  /** The name that a checkpoint has while it is written, which remains if its process is killed. */
  private String leftOver(String name) throws IOException {
    Path place = Files.createDirectories(folder.resolveSibling(folder.getFileName() + "-writing"));
    List<String> names = new ArrayList<>();
    WholeFiles.writeDurably(
        place.resolve(name),
        out -> {
          try (Stream<Path> files = Files.list(place)) {
            files.map(file -> file.getFileName().toString()).forEach(names::add);
          }
        });
    Files.delete(place.resolve(name));
    assertThat(names).hasSize(1).doesNotContain(name);
    return names.get(0);
  }

  @Test
  void checkpointIsWrittenWhenAskedFor() throws IOException {
    Training training = training(EVERY);
    List<TrainingStep> found;
    try (Trainer trainer = Trainer.start(Blobs.NET, training, DATA, folder)) {
      trainer.save();
      assertThat(checkpoints(folder)).isEmpty();
      found = steps(trainer, 5);
      trainer.save();
      trainer.save();
      assertThat(checkpoints(folder)).containsExactly("epoch-0001", "epoch-0002-step-00000005");
    }
    try (Trainer trainer = Trainer.resume(folder, DATA)) {
      trainer.save();
      assertThat(checkpoints(folder)).containsExactly("epoch-0001", "epoch-0002-step-00000005");
      found.addAll(steps(trainer, 1));
      trainer.save();
      assertThat(checkpoints(folder)).containsExactly("epoch-0001", "epoch-0002");
      found.addAll(steps(trainer, 100));
    }
    try (Trainer trainer = Trainer.start(Blobs.NET, training, DATA)) {
      assertThat(found).isEqualTo(steps(trainer, 100));
      assertThatIllegalStateException()
          .isThrownBy(trainer::save)
          .withMessageContaining("keeps no checkpoints");
    }
  }

  @Test
  void numbersOutOfRangeAreNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EVERY.everySteps(-1))
        .withMessageContaining("got -1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EVERY.keepLast(-2))
        .withMessageContaining("got -2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EVERY.keepEpochs(3, 0))
        .withMessageContaining("kept epoch must be at least 1, got 0");
  }
}
