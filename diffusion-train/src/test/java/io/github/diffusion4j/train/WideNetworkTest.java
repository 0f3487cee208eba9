package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.diffusion4j.train.Team.Work;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Networks that are wide enough for minimal filtering, in batches that are large enough. */
class WideNetworkTest {

  private static final String PROPERTY = "diffusion4j.train.minimalFiltering";
  private static final UNet NET = UNet.width(128).images(1, 16);
  private static final Bars DATA = new Bars(384);
  private static final Training TRAINING =
      Training.denoising(.5).batch(192).epochs(1).threads(1).seed(7);

  @TempDir Path folder;

  /** One bright row each. */
  private record Bars(int size) implements GraySquares {

    @Override
    public int side() {
      return 16;
    }

    @Override
    public int classes() {
      return 1;
    }

    @Override
    public void image(int index, float[] into, int offset) {
      int row = offset + index % 16 * 16;
      Arrays.fill(into, offset, offset + 256, 0);
      Arrays.fill(into, row, row + 16, 1);
    }

    @Override
    public int label(int index) {
      return 0;
    }

    @Override
    public String hash() {
      return "bars:" + size;
    }

    @Override
    public String name() {
      return "bars";
    }
  }

  static final class Local implements Work {
    @Override
    public void run(Workers workers, Path folder) {
      try (Trainer trainer = Trainer.start(NET, TRAINING, DATA, folder, workers)) {
        Work.finish(trainer);
      }
    }
  }

  static final class Synchronised implements Work {
    @Override
    public void run(Workers workers, Path folder) {
      new Local().run(workers.synchronised(), folder);
    }
  }

  private static List<Double> losses(Trainer trainer) {
    List<Double> losses = new ArrayList<>();
    trainer.forEach(epoch -> epoch.forEach(step -> losses.add(step.loss())));
    return losses;
  }

  private static List<Double> alone(Training training) {
    try (Trainer trainer = Trainer.start(NET, training, DATA)) {
      return losses(trainer);
    }
  }

  private void assertTogether(Class<? extends Work> work, List<Double> expected, double bound)
      throws Exception {
    try (Team team = Team.start(2, work, folder)) {
      List<Double> found = team.losses();
      assertThat(found).hasSize(2).hasSameSizeAs(expected);
      for (int i = 0; i < expected.size(); i++) {
        assertThat(found.get(i)).isCloseTo(expected.get(i), within(bound));
      }
    }
  }

  @Test
  void twoWorkersAreOneProcessThatAddsUpTwoHalves() throws Exception {
    Training halves = TRAINING.optimiser(TRAINING.optimiser().accumulation(2));
    assertTogether(Local.class, alone(halves), 1e-5);
  }

  @Test
  void synchronisedWorkersAreOneProcessWithTheWholeBatch() throws Exception {
    assertTogether(Synchronised.class, alone(TRAINING), 1e-4);
  }

  @Test
  void aResumedRunHasTheSameLosses() {
    Bars half = new Bars(192);
    Training saving = TRAINING.batch(96).checkpoints(CheckpointPolicy.everyEpoch().everySteps(1));
    List<Double> expected;
    try (Trainer trainer = Trainer.start(NET, saving, half)) {
      expected = losses(trainer);
    }
    try (Trainer trainer = Trainer.start(NET, saving, half, folder)) {
      trainer.iterator().next().iterator().next();
    }
    try (Trainer trainer = Trainer.resume(folder, half)) {
      assertThat(losses(trainer)).isEqualTo(expected.subList(1, 2));
    }
  }

  @Test
  void lossesAreCloseToThoseOfConvolutions() {
    List<Double> found = alone(TRAINING.threads(2));
    System.setProperty(PROPERTY, "false");
    List<Double> expected;
    try {
      expected = alone(TRAINING.threads(2));
    } finally {
      System.clearProperty(PROPERTY);
    }
    assertThat(found).isNotEqualTo(expected);
    assertThat(found.get(0)).isCloseTo(expected.get(0), within(1e-5 * expected.get(0)));
    assertThat(found.get(1)).isCloseTo(expected.get(1), within(1e-3 * expected.get(1)));
  }
}
