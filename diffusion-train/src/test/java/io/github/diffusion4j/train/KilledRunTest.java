package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.diffusion4j.train.data.Dataset;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run in a process of its own, killed ten times at random moments without warning. */
class KilledRunTest {

  private static final Dataset DATA = new Blobs(20).validatedOn(new Blobs(7));
  private static final Training TRAINING =
      Blobs.TRAINING
          .epochs(60)
          .optimiser(OptimiserTest.ALL)
          .checkpoints(
              CheckpointPolicy.everyEpoch().everySteps(2).keepLast(3).keepEpochs(2).keepBest());

  private static final int KILLS = 10;
  private static final int MOST_STEPS = 17;

  @TempDir Path folder;

  /**
   * The process: trains in the given folder, or goes on in it, and says when it has made a step.
   */
  static final class Victim {

    private Victim() {}

    public static void main(String[] args) {
      Path run = Path.of(args[0]);
      try (Trainer trainer = Trainer.startOrResume(Blobs.NET, TRAINING, DATA, run)) {
        trainer.drawEpochs(EpochPicturesTest.request(2), EpochPicturesTest.GRID);
        int made = 0;
        for (Epoch epoch : trainer) {
          for (TrainingStep step : epoch) {
            System.out.println(step.number());
            if (++made > MOST_STEPS) {
              LockSupport.park(); // a busy machine may kill late
            }
          }
        }
      }
    }
  }

  @Test
  void resumesToTheSameLossesAndParametersBitForBit() throws IOException, InterruptedException {
    Path cut = folder.resolve("cut");
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < KILLS; i++) {
      kill(cut, 2 + random.nextInt(MOST_STEPS - 1), random.nextInt(3_000_000));
    }
    Path whole = folder.resolve("whole");
    try (Trainer trainer = Trainer.start(Blobs.NET, TRAINING, DATA, whole)) {
      finish(trainer);
    }
    try (Trainer trainer = Trainer.resume(cut, DATA)) {
      trainer.drawEpochs(EpochPicturesTest.request(2), EpochPicturesTest.GRID);
      assertThat(cut).isDirectoryNotContaining("glob:**/.*.*"); // what is left of some file
      assertThat(trainer.epochsDone()).as("seed %d", seed).isBetween(1, 59);
      finish(trainer);
    }
    assertThat(cut.resolve("loss.csv")).hasSameBinaryContentAs(whole.resolve("loss.csv"));
    for (int epoch = 1; epoch <= 60; epoch++) {
      assertThat(cut.resolve("epoch-%04d.gif".formatted(epoch))).exists();
    }
    for (String file : List.of("epochs.csv", "epoch-0060.safetensors", "loss.svg")) {
      assertThat(cut.resolve(file)).hasSameBinaryContentAs(whole.resolve(file));
    }
  }

  private static void finish(Trainer trainer) {
    for (Epoch epoch : trainer) {
      epoch.forEach(step -> {});
    }
  }

  /** Kills the process some nanoseconds after it has said that it made so many steps. */
  private static void kill(Path run, int steps, int nanos)
      throws IOException, InterruptedException {
    Process process = Child.start(Victim.class, List.of(), run.toString());
    try (BufferedReader output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      String line = output.readLine();
      for (int made = 1; line != null && made < steps; made++) {
        line = output.readLine();
      }
      LockSupport.parkNanos(nanos);
      process.destroyForcibly();
      assertThat(line).isNotNull();
    } finally {
      process.destroyForcibly().waitFor();
    }
  }
}
