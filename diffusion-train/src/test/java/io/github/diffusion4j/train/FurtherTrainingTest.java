package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.github.diffusion4j.Conditioning;
import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.Query;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.train.Team.Work;
import io.github.diffusion4j.train.data.Augmentation;
import io.github.diffusion4j.train.data.Dataset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run that begins with a trained network. */
class FurtherTrainingTest {

  private static final Dataset DATA = new Blobs(200);
  private static final Dataset OTHERS = DATA.augmented(Augmentation.flip(.5));
  private static final Training FIRST = Blobs.TRAINING.epochs(8);
  private static final Training SECOND =
      Blobs.TRAINING.epochs(2).optimiser(OptimiserTest.ALL).precision(Precision.FLOAT64);
  private static final Training SINGLE = SECOND.precision(Precision.FLOAT32);
  private static final Training SHARED = Blobs.TRAINING.epochs(1);

  @TempDir Path folder;

  /** Makes some steps at most, and saves where there would be more. */
  static List<Double> losses(Trainer trainer, int most) {
    List<Double> losses = new ArrayList<>();
    for (Epoch epoch : trainer) {
      for (TrainingStep step : epoch) {
        losses.add(step.loss());
        if (losses.size() == most) {
          trainer.save();
          return losses;
        }
      }
    }
    return losses;
  }

  private TrainedDenoiser trained() {
    try (Trainer trainer = Trainer.start(Blobs.NET, FIRST, DATA, folder.resolve("first"))) {
      losses(trainer, Integer.MAX_VALUE);
      return trainer.denoiser();
    }
  }

  /** What it makes of some image. */
  private static float[] clean(TrainedDenoiser denoiser) {
    Conditioning told = Conditioning.none().global("class", Tensor.oneHot(3, 1));
    Tensor noisy = Tensor.of(Shape.images(1, 1, 8, 8), Blobs.waves());
    Query query = new Query(noisy, denoiser.schedule().at(.5), told);
    return denoiser.estimate(query).clean().toArray();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, .9})
  void beginsWithItsParametersAndItsMeanOfThem(double averaging) {
    Training second = Blobs.TRAINING.optimiser(Optimiser.adam(1e-3).ema(averaging));
    try (TrainedDenoiser before = trained();
        Trainer trainer = before.train(second, DATA, folder.resolve("second"));
        TrainedDenoiser begun = trainer.denoiser()) {
      assertThat(begun.loss(DATA)).isCloseTo(before.loss(DATA), within(1e-9));
    }
  }

  @Test
  void resumesToTheSameLossesAndTellsItsOrigin() {
    try (TrainedDenoiser before = trained()) {
      List<Double> whole;
      try (Trainer trainer = before.train(SECOND, OTHERS, folder.resolve("whole"))) {
        whole = losses(trainer, Integer.MAX_VALUE);
      }
      Path cut = folder.resolve("cut");
      List<Double> found;
      try (Trainer trainer = before.train(SECOND, OTHERS, cut)) {
        found = losses(trainer, 30);
      }
      try (Trainer trainer = Trainer.resume(cut, OTHERS)) {
        found.addAll(losses(trainer, Integer.MAX_VALUE));
      }
      assertThat(found).isEqualTo(whole).hasSize(50);
      try (TrainedDenoiser after = TrainedDenoiser.open(cut)) {
        assertThat(after.metadata().get("diffusion4j.origin"))
            .contains("\"steps\":\"200\"")
            .contains("blobs:200");
        assertThat(before.metadata()).doesNotContainKey("diffusion4j.origin");
        try (Trainer third = after.train(SINGLE, DATA, folder.resolve("third"));
            TrainedDenoiser last = third.denoiser()) {
          String origin = last.metadata().get("diffusion4j.origin");
          assertThat(origin)
              .contains("blobs:200, flipped with probability 0.5")
              .contains("\"steps\":\"200\"");
          assertThat(clean(last)).containsExactly(clean(after), within(1e-5f));
          assertThat(origin).hasSizeLessThan(5000).doesNotContain("\\\\\\");
        }
      }
    }
  }

  @Test
  void programThatIsStartedAgainGoesOnWithTheNetworkItBeganWith() {
    Path run = folder.resolve("run");
    try (TrainedDenoiser before = trained()) {
      List<Double> expected;
      try (Trainer trainer = before.train(SHARED, DATA, folder.resolve("whole"))) {
        expected = losses(trainer, Integer.MAX_VALUE);
      }
      List<Double> found = new ArrayList<>();
      for (int most : new int[] {5, 7, Integer.MAX_VALUE}) {
        try (Trainer trainer = before.trainOrResume(SHARED, DATA, run)) {
          found.addAll(losses(trainer, most));
        }
      }
      assertThat(found).isEqualTo(expected);
      assertThatExceptionOfType(DiffusionException.class)
          .isThrownBy(() -> Trainer.startOrResume(Blobs.NET, SHARED, DATA, run))
          .withMessageContaining(
              run
                  + " holds a run that began with the parameters of a trained network, expected random");
      try (TrainedDenoiser after = TrainedDenoiser.open(run)) {
        assertThatExceptionOfType(DiffusionException.class)
            .isThrownBy(() -> after.trainOrResume(SHARED, DATA, run))
            .withMessageContaining("expected the parameters of this trained network");
        assertThatExceptionOfType(DiffusionException.class)
            .isThrownBy(() -> after.trainOrResume(FIRST, DATA, folder.resolve("first")))
            .withMessageContaining("began with random parameters");
      }
    }
  }

  /** As it was left in memory, and as its folder tells of it. */
  @Test
  void aNetworkIsTheSameWhereverItWasOpened() {
    Path first = folder.resolve("first");
    Path run = folder.resolve("run");
    try (Trainer trainer = Trainer.start(Blobs.NET, FIRST, DATA.validatedOn(new Blobs(8)), first)) {
      losses(trainer, Integer.MAX_VALUE);
      try (TrainedDenoiser before = trainer.denoiser();
          Trainer begun = before.trainOrResume(SHARED, DATA, run)) {
        losses(begun, 5);
      }
    }
    try (TrainedDenoiser before = TrainedDenoiser.open(first)) {
      assertThat(before.metadata().get("diffusion4j.data")).contains("\"heldBack\":8");
      try (Trainer trainer = before.trainOrResume(SHARED, DATA, run)) {
        assertThat(trainer.stepsDone()).isEqualTo(5);
      }
    }
  }

  /** Worker 1 begins with other parameters, which do not count. */
  static final class Further implements Work {
    @Override
    public void run(Workers workers, Path folder) {
      String begun = workers.rank() == 0 ? "first" : "other";
      Path team = folder.resolve("team");
      try (TrainedDenoiser before = TrainedDenoiser.open(folder.resolve(begun))) {
        try (Trainer trainer = before.train(SHARED, DATA, team, workers.synchronised())) {
          Work.finish(trainer);
        }
        try (Trainer again = before.trainOrResume(SHARED, DATA, team, workers.synchronised())) {
          again.forEach(epoch -> System.out.println("it had not ended"));
        }
      }
    }
  }

  @Test
  void workersBeginWithTheParametersOfTheFirst() throws Exception {
    Path other = folder.resolve("other");
    try (Trainer trainer = Trainer.start(Blobs.NET, FIRST.seed(9).epochs(1), DATA, other)) {
      losses(trainer, Integer.MAX_VALUE);
    }
    List<Double> expected;
    try (TrainedDenoiser before = trained();
        Trainer trainer = before.train(SHARED, DATA, folder.resolve("alone"))) {
      expected = losses(trainer, Integer.MAX_VALUE);
    }
    try (Team team = Team.start(2, Further.class, folder)) {
      List<Double> found = team.losses();
      assertThat(found).hasSameSizeAs(expected);
      for (int i = 0; i < found.size(); i++) {
        assertThat(found.get(i)).as("step %d", i + 1).isCloseTo(expected.get(i), within(1e-4));
      }
    }
    assertThat(Team.last(folder.resolve("team")).provenance().origin()).contains("blobs:200");
  }
}
