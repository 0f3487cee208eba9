package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.train.Team.Work;
import io.github.diffusion4j.train.data.Augmentation;
import io.github.diffusion4j.train.data.Dataset;
import io.github.diffusion4j.train.net.Input;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that ask for their loss on images held back. An epoch has three steps. */
class ValidationTest {

  private static final Dataset HELD_BACK = new Blobs(7);
  private static final Dataset DATA = new Blobs(20).validatedOn(HELD_BACK);

  /** Its rate is so high that the loss on images held back is not always less. */
  private static final Training UNSTEADY = Blobs.TRAINING.epochs(12).rate(.1);

  @TempDir Path folder;

  private static List<Double> finish(Trainer trainer) {
    List<Double> losses = new ArrayList<>();
    for (Epoch epoch : trainer) {
      assertThat(epoch.validationLoss()).isEmpty();
      epoch.forEach(step -> {});
      losses.add(epoch.validationLoss().orElseThrow());
    }
    return losses;
  }

  private List<Double> finish(Training training, Path run) {
    try (Trainer trainer = Trainer.startOrResume(Blobs.NET, training, DATA, run)) {
      return finish(trainer);
    }
  }

  private static int best(List<Double> losses) {
    return losses.indexOf(losses.stream().min(Double::compare).orElseThrow()) + 1;
  }

  @Test
  void lossIsThatOfTheEpochsCheckpointAndIsWrittenBesideThatOfTraining() throws IOException {
    Training averaged = Blobs.TRAINING.optimiser(OptimiserTest.ALL);
    List<Double> losses = finish(averaged, folder);
    List<String> lines = Files.readAllLines(folder.resolve("epochs.csv"));
    assertThat(lines).hasSize(4).startsWith("epoch,loss,validation");
    for (int epoch = 1; epoch <= 3; epoch++) {
      Path file = folder.resolve("epoch-000" + epoch + ".safetensors");
      try (TrainedDenoiser saved = TrainedDenoiser.open(file)) {
        assertThat(saved.loss(HELD_BACK)).isEqualTo(losses.get(epoch - 1));
      }
      assertThat(lines.get(epoch)).matches(epoch + ",\\d\\.\\d+," + losses.get(epoch - 1));
    }
    assertThat(Files.readString(folder.resolve("loss.svg"))).contains("held back", "<circle");
  }

  @Test
  void imagesHeldBackChangeNoNumberOfTheRun() {
    List<Double> with = new ArrayList<>();
    List<Double> without = new ArrayList<>();
    try (Trainer trainer = Trainer.start(Blobs.NET, Blobs.TRAINING, DATA)) {
      trainer.forEach(epoch -> epoch.forEach(step -> with.add(step.loss())));
      assertThat(trainer.bestEpoch().orElseThrow()).isBetween(1, 3);
    }
    try (Trainer trainer = Trainer.start(Blobs.NET, Blobs.TRAINING, new Blobs(20))) {
      trainer.forEach(
          epoch -> {
            epoch.forEach(step -> without.add(step.loss()));
            assertThat(epoch.validationLoss()).isEmpty();
          });
      assertThat(trainer.bestEpoch()).isEmpty();
    }
    assertThat(with).hasSize(9).isEqualTo(without);
  }

  @Test
  void runsWithOneSeedAreAskedTheSameWhateverTheirBatches() {
    Dataset data = new Blobs(100);
    List<Double> losses = new ArrayList<>();
    for (int batch : new int[] {64, 100, 8, 1}) {
      for (int parts = 1; parts <= Math.min(batch, 3); parts++) {
        Training training =
            Blobs.TRAINING.batch(batch).optimiser(Optimiser.adam(1e-2).accumulation(parts));
        try (Trainer trainer = Trainer.start(Blobs.NET, training, data);
            TrainedDenoiser fresh = trainer.denoiser()) {
          losses.add(fresh.loss(data));
        }
      }
    }
    assertThat(losses)
        .hasSize(10)
        .allSatisfy(l -> assertThat(l).isCloseTo(losses.get(0), within(1e-6)));
  }

  @Test
  void runEndsWhenItsPatienceDoesAndKeepsItsBestEpoch() throws IOException {
    List<Double> all = finish(UNSTEADY, folder.resolve("whole"));
    int epochs = 1;
    while (epochs < 12 && epochs - best(all.subList(0, epochs)) < 2) {
      epochs++;
    }
    assertThat(epochs).as("of the losses %s", all).isBetween(3, 11);
    List<Double> expected = all.subList(0, epochs);

    Training impatient =
        UNSTEADY
            .patience(2)
            .checkpoints(CheckpointPolicy.everyEpoch().everySteps(1).keepLast(1).keepBest());
    Path run = folder.resolve("run");
    List<Double> found = new ArrayList<>();
    for (int start = 0; start < 40; start++) { // a step at each, which may begin, be within or end
      try (Trainer trainer = Trainer.startOrResume(Blobs.NET, impatient, DATA, run)) {
        if (trainer.iterator().hasNext()) {
          Epoch epoch = trainer.iterator().next();
          epoch.iterator().next();
          epoch.validationLoss().ifPresent(found::add);
        }
      }
    }
    assertThat(found).isEqualTo(expected);
    try (Trainer trainer = Trainer.resume(run, DATA)) {
      assertThat(trainer.iterator().hasNext()).isFalse();
      assertThat(trainer.epochsDone()).isEqualTo(epochs);
      assertThat(trainer.bestEpoch()).hasValue(epochs - 2);
    }
    assertThat(run.resolve("epoch-000" + (epochs - 1) + ".safetensors")).doesNotExist();
    Path relative = Path.of("").toAbsolutePath().relativize(run);
    try (TrainedDenoiser best = TrainedDenoiser.openBest(relative)) {
      assertThat(best.loss(HELD_BACK)).isEqualTo(expected.get(epochs - 3));
      assertThat(best)
          .hasToString(
              "TrainedDenoiser of "
                  + Blobs.NET.settings()
                  + " after "
                  + 3 * (epochs - 2)
                  + " steps");
    }
    assertThat(Files.readAllLines(run.resolve("epochs.csv"))).hasSize(epochs + 1);
  }

  @Test
  void bestEpochThatIsNotThereIsNamed() throws IOException {
    List<Double> losses = finish(UNSTEADY.patience(2), folder);
    int best = best(losses);
    assertThat(best).isEqualTo(losses.size() - 2);
    Path file = folder.resolve("epoch-%04d.safetensors".formatted(best));
    Files.delete(file);
    assertThatExceptionOfType(DiffusionException.class)
        .isThrownBy(() -> TrainedDenoiser.openBest(folder))
        .withMessageContainingAll("is " + best, file.toString(), "keepBest()");
    Path other = folder.resolve("other");
    try (Trainer trainer = Trainer.start(Blobs.NET, Blobs.TRAINING, new Blobs(20), other)) {
      trainer.forEach(epoch -> epoch.forEach(step -> {}));
    }
    assertThatExceptionOfType(DiffusionException.class)
        .isThrownBy(() -> TrainedDenoiser.openBest(other))
        .withMessageContaining("losses on images held back, found none");
  }

  @Test
  void whatNeedsImagesHeldBackIsRefusedWithoutThem() {
    Dataset none = new Blobs(20);
    for (Training training :
        List.of(
            Blobs.TRAINING.patience(1),
            Blobs.TRAINING.checkpoints(CheckpointPolicy.everyEpoch().keepBest()))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Trainer.start(Blobs.NET, training, none))
          .withMessageContaining("validatedOn(heldBack); data set blobs has none");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Blobs.TRAINING.patience(-1))
        .withMessage("patience must be at least 0, got -1");
  }

  @Test
  void imagesThatTheNetworkDoesNotTakeAreRefusedAtTheStart() {
    Dataset unfit = new Blobs(20).validatedOn(new Blobs(5, 2));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Trainer.start(Blobs.NET, Blobs.TRAINING, unfit))
        .withMessageContaining("class has shape [3], data set blobs gives [2]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Trainer.start(Blobs.NET.images(3, 8), Blobs.TRAINING, DATA))
        .withMessageContaining("data set " + DATA.name() + " gives"); // and not what it holds back
    ResidualUNet texts = ResidualUNet.of(8, 1).images(1, 8).groups(4).text(1, 2);
    Dataset told = new Blobs(20).conditioned(Input.TEXT, List.of(1, 2), i -> new float[2]);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Trainer.start(texts, Blobs.TRAINING, told.validatedOn(HELD_BACK)))
        .withMessageContaining("got an input named " + Input.TEXT);
  }

  @Test
  void whatIsHeldBackNeedsTheConditionsToo() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DATA.conditioned(Input.TEXT, List.of(1, 2), i -> new float[2]))
        .withMessageContainingAll("before images are held back", "got condition " + Input.TEXT);
  }

  @Test
  void viewsHoldTheSameImagesBackAndDataToldOthersAreOthers() {
    for (Dataset view :
        List.of(DATA.first(9), DATA.shuffled(1), DATA.augmented(Augmentation.shift(1)))) {
      assertThat(view.heldBack()).contains(HELD_BACK);
    }
    assertThat(DATA.hash()).isEqualTo("blobs:20, validated on (blobs:7)");
    assertThat(DATA.name()).isEqualTo("blobs, validated on (blobs)");
    Dataset all = new Blobs(20);
    assertThat(all.validatedOn(HELD_BACK).first(5).hash())
        .isNotEqualTo(all.validatedOn(HELD_BACK.first(5)).hash());
    finish(Blobs.TRAINING, folder);
    assertThatExceptionOfType(DiffusionException.class)
        .isThrownBy(() -> Trainer.resume(folder, new Blobs(20).validatedOn(new Blobs(8))))
        .withMessageContainingAll("validated on (blobs:7)", "validated on (blobs:8)");
  }

  /** Two workers, of which the second cannot read what is held back. */
  static final class SecondHears implements Work {
    @Override
    public void run(Workers workers, Path folder) {
      Training training = Blobs.TRAINING.epochs(2);
      Dataset unread = new Unreadable(new AtomicBoolean(workers.rank() > 0), false);
      Dataset data = new Blobs(20).validatedOn(unread);
      try (Trainer trainer =
          Trainer.start(Blobs.NET, training, data, folder, workers.synchronised())) {
        for (Epoch epoch : trainer) {
          epoch.forEach(step -> {});
          OptionalDouble loss = epoch.validationLoss();
          System.out.println(loss.orElseThrow() + " " + trainer.bestEpoch().orElseThrow());
        }
      }
    }
  }

  @Test
  void workersHearTheLossOfTheFirst() throws Exception {
    List<Double> expected = finish(Blobs.TRAINING.epochs(2), folder.resolve("alone"));
    List<String> said;
    try (Team team = Team.start(2, SecondHears.class, folder.resolve("team"))) {
      said = team.rest(0);
      assertThat(team.rest(1)).isEqualTo(said);
    }
    assertThat(said).hasSize(2);
    for (int epoch = 0; epoch < 2; epoch++) {
      double loss = Double.parseDouble(said.get(epoch).split(" ", -1)[0]);
      assertThat(loss).isCloseTo(expected.get(epoch), within(1e-4));
    }
  }
}
