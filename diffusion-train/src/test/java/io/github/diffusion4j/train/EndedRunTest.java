package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.diffusion4j.train.Team.Work;
import io.github.diffusion4j.train.data.Dataset;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that its program ends. */
class EndedRunTest {

  private static final Dataset DATA = new Blobs(20).validatedOn(new Blobs(8));

  @TempDir Path folder;

  private Trainer open() {
    return Trainer.startOrResume(Blobs.NET, Blobs.TRAINING, DATA, folder);
  }

  /** The program decides by the losses of the epochs, whenever it was started again. */
  @Test
  void hasNoOtherEpochWhenItIsStartedAgain() {
    double first;
    try (Trainer trainer = open()) {
      assertThat(trainer.epochLosses()).isEmpty();
      Epoch epoch = trainer.iterator().next();
      epoch.forEach(step -> {});
      first = epoch.meanLoss();
    }
    try (Trainer trainer = open()) {
      assertThat(trainer.epochLosses()).containsExactly(first);
      assertThat(trainer.validationLosses()).hasSize(1);
      for (Epoch epoch : trainer) {
        epoch.forEach(step -> {});
        assertThat(trainer.validationLosses())
            .hasSize(2)
            .endsWith(epoch.validationLoss().orElseThrow());
        trainer.end();
      }
      assertThat(trainer.epochsDone()).isEqualTo(2);
      trainer.end();
    }
    for (Path checkpoint : List.of(folder, folder.resolve("epoch-0002.safetensors"))) {
      try (Trainer again = Trainer.resume(checkpoint, DATA)) {
        assertThat(again.iterator().hasNext()).isFalse();
        assertThat(again.epochLosses()).hasSize(2);
      }
    }
  }

  @Test
  void endsTheEpochThatHasBegun() {
    try (Trainer trainer = open()) {
      Epoch epoch = trainer.iterator().next();
      Iterator<TrainingStep> steps = epoch.iterator();
      steps.next();
      trainer.end();
      assertThat(steps.hasNext()).isFalse();
      assertThat(epoch.validationLoss()).isPresent();
      assertThat(trainer.iterator().hasNext()).isFalse();
    }
    try (Trainer trainer = open()) {
      assertThat(trainer.iterator().hasNext()).isFalse();
      assertThat(trainer.stepsDone()).isEqualTo(1);
    }
  }

  @Test
  void endsTheEpochThatAnotherProcessBegan() {
    try (Trainer trainer = open()) {
      trainer.iterator().next().iterator().next();
      trainer.save();
    }
    try (Trainer trainer = open()) {
      trainer.end();
      assertThat(trainer.epochLosses()).hasSize(1);
      assertThat(trainer.validationLosses()).hasSize(1);
    }
    try (Trainer trainer = open()) {
      assertThat(trainer.iterator().hasNext()).isFalse();
    }
  }

  /** The images held back can be read when the program is started again, not before. */
  @Test
  void anEpochThatCouldNotBeEndedIsEndedInTheNextProcess() {
    AtomicBoolean isAway = new AtomicBoolean();
    Dataset data = new Blobs(20).validatedOn(new Unreadable(isAway, false));
    try (Trainer trainer = Trainer.start(Blobs.NET, Blobs.TRAINING, data, folder)) {
      trainer.iterator().next().iterator().next();
      isAway.set(true);
      assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(trainer::end);
    }
    isAway.set(false);
    try (Trainer trainer = Trainer.resume(folder, data)) {
      assertThat(trainer.iterator().hasNext()).isFalse();
      assertThat(trainer.validationLosses()).hasSize(1);
    }
  }

  /** A program that looks at the losses before it makes the steps of the next epoch. */
  @Test
  void anEpochWithoutAStepIsNone() throws IOException {
    try (Trainer trainer = open()) {
      for (Epoch epoch : trainer) {
        if (trainer.epochsDone() == 1) {
          trainer.end();
          assertThat(epoch.iterator().hasNext()).isFalse();
        }
        epoch.forEach(step -> {});
      }
      assertThat(trainer.epochLosses()).hasSize(1);
    }
    assertThat(folder.resolve("epochs.csv")).content().hasLineCount(2);
    try (Trainer trainer = open()) {
      assertThat(trainer.iterator().hasNext()).isFalse();
    }
  }

  @Test
  void withoutAStepItBeginsWhenItIsStartedAgain() {
    try (Trainer trainer = open()) {
      trainer.iterator().next();
      trainer.end();
      assertThat(trainer.iterator().hasNext()).isFalse();
    }
    assertThat(folder).isDirectoryNotContaining("glob:**.safetensors");
    Trainer again = open();
    assertThat(again.iterator().hasNext()).isTrue();
    again.close();
    assertThatIllegalStateException().isThrownBy(again::end);
  }

  /** All workers end it after the first epoch. */
  static final class Ended implements Work {
    @Override
    public void run(Workers workers, Path folder) {
      try (Trainer trainer =
          Trainer.start(Blobs.NET, Blobs.TRAINING, DATA, folder.resolve("team"), workers)) {
        trainer.iterator().next().forEach(step -> {});
        trainer.end();
        Work.finish(trainer);
      }
    }
  }

  @Test
  void workersEndItTogether() throws Exception {
    try (Team team = Team.start(2, Ended.class, folder)) {
      team.losses();
    }
    assertThat(Team.last(folder.resolve("team")).progress().isEnded()).isTrue();
    assertThat(Files.exists(folder.resolve("team/epoch-0002.safetensors"))).isFalse();
  }
}
