package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.NoiseSchedule;
import io.github.diffusion4j.PredictionType;
import io.github.diffusion4j.train.data.Augmentation;
import io.github.diffusion4j.train.data.Dataset;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs that are refused, and uses of a run that are. */
class RefusedRunTest {

  private static final Blobs DATA = new Blobs(20);

  @TempDir Path folder;

  private static int finish(Trainer trainer) {
    AtomicInteger steps = new AtomicInteger();
    trainer.forEach(epoch -> epoch.forEach(step -> steps.incrementAndGet()));
    return steps.get();
  }

  @Test
  void folderThatCannotBeWrittenIsNamedBeforeTheFirstStep() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "no folder");
    assertThatExceptionOfType(DiffusionException.class)
        .isThrownBy(() -> Trainer.start(Blobs.NET, Blobs.TRAINING, DATA, file))
        .withMessageContaining(file.toString());
  }

  @Test
  void folderOfAnotherRunIsNotOverwritten() {
    try (Trainer trainer = Trainer.start(Blobs.NET, Blobs.TRAINING.epochs(1), DATA, folder)) {
      finish(trainer);
    }
    assertThatExceptionOfType(DiffusionException.class)
        .isThrownBy(() -> Trainer.start(Blobs.NET, Blobs.TRAINING, DATA, folder))
        .withMessageContaining("holds a run already");
  }

  @Test
  void checkpointBeforeTheLastIsNotGoneOnFrom() throws IOException {
    try (Trainer trainer = Trainer.start(Blobs.NET, Blobs.TRAINING, DATA, folder)) {
      finish(trainer);
    }
    byte[] losses = Files.readAllBytes(folder.resolve("loss.csv"));
    Path first = folder.resolve("epoch-0001.safetensors");
    assertThatExceptionOfType(DiffusionException.class)
        .isThrownBy(() -> Trainer.resume(first, DATA))
        .withMessageContaining("epoch-0003.safetensors");
    assertThat(folder.resolve("loss.csv")).hasBinaryContent(losses);
    Files.delete(folder.resolve("epoch-0002.safetensors"));
    Files.delete(folder.resolve("epoch-0003.safetensors"));
    try (Trainer trainer = Trainer.resume(first, DATA)) {
      assertThat(finish(trainer)).isEqualTo(6);
    }
    assertThat(folder.resolve("loss.csv")).hasBinaryContent(losses);
  }

  @ParameterizedTest
  @ValueSource(floats = {256, -.1f, Float.NaN})
  void pixelsOutsideOfTheRangeAreNamed(float brightness) {
    Dataset dots = new Dots(brightness);
    try (Trainer trainer = Trainer.start(Blobs.NET.images(1, 4), Blobs.TRAINING, dots)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> finish(trainer))
          .withMessageMatching("image \\d+ of dots must be in \\[0, 1], got " + brightness);
    }
  }

  @Test
  void labelsOutsideOfTheRangeAreNamed() {
    Dataset one = new Blobs(20, 1);
    Dataset two = new Blobs(20, 2);
    UNet net = Blobs.NET.classes(2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Trainer.start(net, Blobs.TRAINING, one))
        .withMessageContaining("class has shape [2], data set blobs gives [1]");
    try (Trainer trainer = Trainer.start(net, Blobs.TRAINING, two)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> finish(trainer))
          .withMessageMatching("label of image \\d+ of blobs must be in \\[0, 1], got 2");
    }
  }

  @Test
  void classesHaveANameEach() {
    for (List<String> names : List.of(List.of("a", "b"), List.of("a", "b", "a", "c"))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Trainer.start(Blobs.NET, Blobs.TRAINING, new Blobs(20, 3, names)))
          .withMessage("classNames must be one for each of 3 classes, got " + names);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Trainer.start(Blobs.NET, Blobs.TRAINING, new Blobs(20, 3, List.of("a", "b", "a"))))
        .withMessage("classNames must be different from each other, got [a, b, a]");
    Trainer.start(Blobs.NET, Blobs.TRAINING, new Blobs(20, 3, List.of("a", " ", ""))).close();
  }

  @Test
  void warmUpThatDoesNotEndIsRefused() {
    Training training = Blobs.TRAINING.epochs(2); // three steps each
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Trainer.start(
                    Blobs.NET, training.rates(RateSchedule.constant().warmUp(7)), DATA, folder))
        .withMessage("warm-up steps must be at most those of the run, 6, got 7");
    Training right = training.rates(RateSchedule.constant().warmUp(6));
    Trainer.start(Blobs.NET, right, DATA, folder).close();
  }

  @Test
  void otherDataAreRefused() {
    try (Trainer trainer = Trainer.start(Blobs.NET, Blobs.TRAINING.epochs(1), DATA, folder)) {
      finish(trainer);
    }
    assertThatExceptionOfType(DiffusionException.class)
        .isThrownBy(() -> Trainer.resume(folder, new Blobs(21)))
        .withMessage("the run was started with other data: expected size 20, found 21");
    assertThatExceptionOfType(DiffusionException.class)
        .isThrownBy(() -> Trainer.resume(folder, DATA.augmented(Augmentation.shift(1))))
        .withMessageContaining("other data: expected name blobs, found blobs, shifted by up to 1");
  }

  @Test
  void folderOfARunUnderWayIsRefused() {
    Trainer first = Trainer.start(Blobs.NET, Blobs.TRAINING, DATA, folder);
    assertThatExceptionOfType(DiffusionException.class)
        .isThrownBy(() -> Trainer.start(Blobs.NET, Blobs.TRAINING, DATA, folder))
        .withMessageContaining("in use by another run");
    finish(first);
    assertThatExceptionOfType(DiffusionException.class)
        .isThrownBy(() -> Trainer.resume(folder, DATA))
        .withMessageContaining("in use by another run");
    first.close();
    Trainer.resume(folder, DATA).close();
  }

  @Test
  void readingItsFilesAndRefusedRunsLeaveARunItsFolder() throws Exception {
    try (Trainer first = Trainer.start(Blobs.NET, Blobs.TRAINING, DATA, folder)) {
      first.iterator().next().forEach(step -> {});
      Files.readAllLines(folder.resolve("loss.csv"));
      Files.readAllLines(folder.resolve("metrics.jsonl"));
      assertThatExceptionOfType(DiffusionException.class)
          .isThrownBy(() -> Trainer.resume(folder, DATA));
      Process other = Child.start(Second.class, List.of(), folder.toString());
      String said = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(said).contains("in use by another run");
    }
  }

  /** Goes on with a run in a process of its own, and says why it cannot. */
  static final class Second {

    private Second() {}

    public static void main(String[] args) {
      try {
        Trainer.resume(Path.of(args[0]), DATA).close();
      } catch (DiffusionException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  @Test
  void lossesOfSomethingElseAreNotOverwritten() throws IOException {
    Path losses = Files.writeString(folder.resolve("loss.csv"), "day,loss of weight\n");
    assertThatExceptionOfType(DiffusionException.class)
        .isThrownBy(() -> Trainer.start(Blobs.NET, Blobs.TRAINING, DATA, folder))
        .withMessageContaining("something else");
    assertThat(losses).hasContent("day,loss of weight");
    Files.delete(losses);
    Trainer first = Trainer.start(Blobs.NET, Blobs.TRAINING, DATA, folder);
    first.iterator().next().iterator().next();
    first.close();
    Trainer.start(Blobs.NET, Blobs.TRAINING, DATA, folder).close();
    assertThat(losses).hasContent("step,loss");
  }

  @Test
  void resumeCutsNoFilesOfSomethingElse() throws IOException {
    try (Trainer first = Trainer.start(Blobs.NET, Blobs.TRAINING, DATA, folder)) {
      first.iterator().next().forEach(step -> {});
    }
    for (String name : List.of("metrics.jsonl", "loss.csv")) {
      Path foreign = Files.writeString(folder.resolve(name), "weights\n".repeat(99));
      assertThatExceptionOfType(DiffusionException.class)
          .isThrownBy(() -> Trainer.resume(folder, DATA))
          .withMessageContaining(name)
          .withMessageContaining("found 792 bytes of something else");
      assertThat(foreign).hasSize(792);
      Files.delete(foreign);
    }
    Path losses = Files.writeString(folder.resolve("loss.csv"), "step,loss\n1,0.9\n\n2,0.8\n");
    assertThatExceptionOfType(DiffusionException.class)
        .isThrownBy(() -> Trainer.resume(folder, DATA))
        .withMessageContaining(
            "losses of 3 steps, or metrics.jsonl, found none in place of that of step 2");
    assertThat(losses).hasContent("step,loss\n1,0.9\n\n2,0.8\n");
  }

  /** Double.toString writes up to nineteen digits behind the point. */
  @Test
  void lossesOfAnySizeAreThoseOfARun() throws IOException {
    try (Trainer first = Trainer.start(Blobs.NET, Blobs.TRAINING, DATA, folder)) {
      first.iterator().next().forEach(step -> {});
    }
    Path losses = folder.resolve("loss.csv");
    Files.writeString(
        losses,
        "step,loss\n1,0.058344654738903046\n2,1.2345678901234567E-12\n3,12345.678901234567\n");
    Trainer.resume(folder, DATA).close();
    Files.writeString(losses, "step,loss\n1,0.05\n2,\n3,1.0\n");
    Files.delete(folder.resolve("metrics.jsonl"));
    assertThatExceptionOfType(DiffusionException.class)
        .isThrownBy(() -> Trainer.resume(folder, DATA))
        .withMessageContaining("found 2, in place of that of step 2");
  }

  @Test
  void settingsThatCheckpointsCannotNameAreRefusedBeforeTheFolderIsMade() {
    Path run = folder.resolve("run");
    Training training =
        Blobs.TRAINING.objective(
            Objective.of(
                NoiseSchedule.linear(300, 1e-4, .02).timed(t -> t / 300), PredictionType.EPSILON));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Trainer.start(Blobs.NET, training, DATA, run))
        .withMessageContaining("NoiseSchedule.named");
    assertThat(run).doesNotExist();
  }

  @Test
  void closedTrainerIsNotUsed() {
    Trainer trainer = Trainer.start(Blobs.NET, Blobs.TRAINING, DATA);
    Epoch epoch = trainer.iterator().next();
    trainer.close();
    trainer.close();
    assertThatIllegalStateException().isThrownBy(() -> epoch.iterator().next());
    assertThatIllegalStateException().isThrownBy(() -> trainer.iterator().next());
    assertThatIllegalStateException().isThrownBy(trainer::denoiser);
  }
}
