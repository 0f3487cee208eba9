package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.diffusion4j.train.Team.Work;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that lose a worker. An epoch has three steps. */
class LostWorkerTest {

  private static final Blobs DATA = new Blobs(20);
  private static final Training TRAINING = Blobs.TRAINING.precision(Precision.FLOAT64).epochs(5000);
  private static final CheckpointPolicy EVERY_STEP = CheckpointPolicy.everyEpoch().everySteps(1);

  @TempDir Path folder;

  private static void sayEveryStep(Trainer trainer) {
    for (Epoch epoch : trainer) {
      for (TrainingStep step : epoch) {
        System.out.println(step.number());
      }
    }
  }

  /** With checkpoints at the ends of epochs alone. */
  static final class Synchronised implements Work {
    @Override
    public void run(Workers workers, Path folder) {
      Workers together = workers.synchronised();
      try (Trainer trainer = Trainer.start(Blobs.NET, TRAINING, DATA, folder, together)) {
        sayEveryStep(trainer);
      }
    }
  }

  static final class EveryStep implements Work {
    @Override
    public void run(Workers workers, Path folder) {
      Training training = TRAINING.checkpoints(EVERY_STEP);
      try (Trainer trainer = Trainer.start(Blobs.NET, training, DATA, folder, workers)) {
        sayEveryStep(trainer);
      }
    }
  }

  /** Worker 1 leaves its first epoch early, worker 0 does not. */
  static final class OtherLoops implements Work {
    @Override
    public void run(Workers workers, Path folder) {
      Workers hasty = workers.timeout(Duration.ofSeconds(15));
      try (Trainer trainer = Trainer.start(Blobs.NET, TRAINING, DATA, folder, hasty)) {
        for (Epoch epoch : trainer) {
          for (TrainingStep step : epoch) {
            if (workers.rank() == 1 && step.number() == 2) {
              break;
            }
          }
        }
      }
    }
  }

  private static void awaitStep(Team team, int worker, long step) throws Exception {
    String said = team.next(worker);
    while (!said.equals(Long.toString(step))) {
      assertThat(said).doesNotStartWith(Team.FAILED).isNotEqualTo("null");
      said = team.next(worker);
    }
  }

  private static String last(List<String> said) {
    return said.get(said.size() - 1);
  }

  @Test
  void killedWorkerEndsTheRunWithACheckpointOfTheLastStep() throws Exception {
    Path run = folder.resolve("run");
    List<String> said;
    try (Team team = Team.start(2, Synchronised.class, run)) {
      awaitStep(team, 0, 4);
      team.kill(1);
      said = team.rest(0);
    }
    assertThat(last(said))
        .startsWith(Team.FAILED)
        .containsPattern("worker 0 of 2 has (lost another one|not heard from worker 1)")
        .contains("the last good checkpoint is");
    Checkpoint found = Team.last(run);
    assertThat(found.progress().steps()).isEqualTo(3L + said.size());
    assertSame(found, alone(found.progress().steps()));
    try (Trainer trainer = Trainer.resume(run, DATA)) {
      assertThat(trainer.iterator().next().iterator().next().number())
          .isEqualTo(found.progress().steps() + 1);
    }
  }

  /** The same run in one process, after some steps. */
  private Checkpoint alone(long steps) {
    Path run = folder.resolve("alone");
    Training training = TRAINING.checkpoints(EVERY_STEP);
    try (Trainer trainer = Trainer.start(Blobs.NET, training, DATA, run)) {
      for (Epoch epoch : trainer) {
        for (TrainingStep step : epoch) {
          if (step.number() == steps) {
            return Team.last(run);
          }
        }
      }
    }
    throw new IllegalStateException("the run has fewer steps than " + steps);
  }

  private static void assertSame(Checkpoint found, Checkpoint expected) {
    Epoch.Begun epoch = found.progress().epoch();
    assertThat(epoch.steps()).isEqualTo(expected.progress().epoch().steps());
    assertThat(epoch.lossSum()).isCloseTo(expected.progress().epoch().lossSum(), within(1e-6));
    expected
        .tensors()
        .forEach(
            (name, values) ->
                assertThat(Objects.requireNonNull(found.tensors().get(name), name).floats())
                    .as(name)
                    .containsExactly(values.floats(), within(1e-5f)));
  }

  @Test
  void workersWithoutTheirFirstEndAndItsCheckpointIsGood() throws Exception {
    try (Team team = Team.start(2, EveryStep.class, folder)) {
      awaitStep(team, 1, 5);
      team.kill(0);
      assertThat(last(team.rest(1)))
          .startsWith(Team.FAILED)
          .containsPattern("worker 1 of 2 (has lost another one|has not heard|cannot tell)")
          .contains("worker 0 has the checkpoints");
    }
    try (Trainer trainer = Trainer.resume(folder, DATA)) {
      assertThat(trainer.iterator().next().iterator().next().number()).isGreaterThanOrEqualTo(5);
    }
  }

  @Test
  void workersThatMakeOtherStepsWaitForEachOtherInVainButNotForever() throws Exception {
    try (Team team = Team.start(2, OtherLoops.class, folder)) {
      assertThat(last(team.rest(0))).contains("worker 0 of 2 has lost another one", "PT15S");
      assertThat(last(team.rest(1)))
          .contains("worker 1 of 2 has not heard from worker 0", "epoch 2");
    }
  }
}
