package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.PredictionType;
import io.github.diffusion4j.train.Team.Work;
import io.github.diffusion4j.train.data.Dataset;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs whose images held back cannot be asked at the end of an epoch, which has three steps. */
class FailedValidationTest {

  @TempDir Path folder;

  private static Dataset data(AtomicBoolean isAway) {
    return new Blobs(20).validatedOn(new Unreadable(isAway, true));
  }

  private List<Double> expected() {
    List<Double> losses = new ArrayList<>();
    Dataset data = new Blobs(20).validatedOn(new Blobs(7));
    try (Trainer trainer = Trainer.start(Blobs.NET, Blobs.TRAINING, data)) {
      for (Epoch epoch : trainer) {
        epoch.forEach(step -> {});
        losses.add(epoch.validationLoss().orElseThrow());
      }
    }
    return losses;
  }

  @Test
  void epochEndsOnceWhereTheyCanBeReadTheNextTime() {
    List<Double> expected = expected();
    AtomicBoolean isAway = new AtomicBoolean();
    try (Trainer trainer = Trainer.start(Blobs.NET, Blobs.TRAINING, data(isAway), folder)) {
      Epoch first = trainer.iterator().next();
      isAway.set(true);
      assertThatExceptionOfType(UncheckedIOException.class)
          .isThrownBy(() -> first.forEach(step -> {}))
          .withMessageContaining("the disk is away");
      assertThat(trainer.epochsDone()).isZero();
      assertThat(trainer.stepsDone()).isEqualTo(3);
      assertThat(first.validationLoss()).isEmpty();
      Epoch second = trainer.iterator().next(); // ends the first
      assertThat(second.number()).isEqualTo(2);
      assertThat(first.validationLoss()).hasValue(expected.get(0));
      second.forEach(step -> {});
      assertThat(second.validationLoss()).hasValue(expected.get(1));
      assertThat(trainer.stepsDone()).isEqualTo(6);
    }
  }

  @Test
  void epochThatIsSavedBeforeTheyAreAskedEndsWhenTheRunGoesOn() {
    AtomicBoolean isAway = new AtomicBoolean();
    try (Trainer trainer = Trainer.start(Blobs.NET, Blobs.TRAINING, data(isAway), folder)) {
      Epoch first = trainer.iterator().next();
      isAway.set(true);
      assertThatExceptionOfType(UncheckedIOException.class)
          .isThrownBy(() -> first.forEach(step -> {}));
      trainer.save();
    }
    assertThat(folder.resolve("epoch-0001-step-00000003.safetensors")).exists();
    List<Double> found = new ArrayList<>();
    try (Trainer trainer = Trainer.startOrResume(Blobs.NET, Blobs.TRAINING, data(isAway), folder)) {
      for (Epoch epoch : trainer) { // the first has ended by now
        assertThat(epoch.number()).isGreaterThan(1);
        epoch.forEach(step -> {});
        assertThat(epoch.validationLoss()).isPresent();
      }
      assertThat(trainer.epochsDone()).isEqualTo(3);
    }
    Checkpoint last = Team.last(folder);
    found.addAll(last.progress().validationLosses());
    assertThat(found).isEqualTo(expected());
    assertThat(last.progress().steps()).isEqualTo(9);
  }

  @Test
  void lossThatIsNotANumberEndsTheRun() {
    Training spoilt =
        Blobs.TRAINING.objective(Objective.of(new Spoilt(20 + 3), PredictionType.FLOW_TO_DATA));
    try (Trainer trainer = Trainer.start(Blobs.NET, spoilt, data(new AtomicBoolean()), folder)) {
      Epoch first = trainer.iterator().next();
      assertThatExceptionOfType(DiffusionException.class)
          .isThrownBy(() -> first.forEach(step -> {}))
          .withMessageContaining("the loss on the images held back is NaN after step 3")
          .withMessageContaining("no checkpoint has been written yet");
      assertThatIllegalStateException().isThrownBy(() -> trainer.iterator().hasNext());
      assertThatIllegalStateException().isThrownBy(trainer::save);
    }
  }

  /** Two workers, of which the first cannot read them. */
  static final class FirstFails implements Work {
    @Override
    public void run(Workers workers, Path folder) {
      Unreadable unread = new Unreadable(new AtomicBoolean(workers.rank() == 0), false);
      Dataset data = new Blobs(20).validatedOn(unread);
      try (Trainer trainer = Trainer.start(Blobs.NET, Blobs.TRAINING, data, folder, workers)) {
        Work.finish(trainer);
      } catch (UncheckedIOException e) {
        System.out.println(Team.FAILED + e.getMessage());
      }
    }
  }

  @Test
  void failureOfTheFirstWorkerEndsAll() throws Exception {
    try (Team team = Team.start(2, FirstFails.class, folder)) {
      List<String> second = team.rest(1);
      assertThat(second.get(second.size() - 1))
          .startsWith(Team.FAILED)
          .contains("worker 0 has failed in the images held back, after epoch 1", "disk is away");
      List<String> first = team.rest(0);
      assertThat(first.get(first.size() - 1)).startsWith(Team.FAILED).contains("disk is away");
    }
  }
}
