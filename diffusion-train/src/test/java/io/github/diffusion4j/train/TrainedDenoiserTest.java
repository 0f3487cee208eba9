package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.diffusion4j.Conditioning;
import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.Guidance;
import io.github.diffusion4j.Sampler;
import io.github.diffusion4j.Sampling;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.train.data.Augmentation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainedDenoiserTest {

  private static final Conditioning NONE =
      Conditioning.none().global("class", Tensor.zeros(Shape.of(1, 3)));

  private static Trainer trainer;

  @TempDir Path folder;

  @BeforeAll
  static void train() {
    trainer = Trainer.start(Blobs.NET, Blobs.TRAINING.epochs(2), new Blobs(20));
    trainer.forEach(epoch -> epoch.forEach(step -> {}));
  }

  @AfterAll
  static void free() {
    trainer.close();
  }

  private static Conditioning label(int label) {
    return Conditioning.none().global("class", Tensor.oneHot(3, label));
  }

  private static Conditioning other(String name, int classes) {
    return Conditioning.none().global(name, Tensor.oneHot(classes, 1));
  }

  private static Tensor sample(TrainedDenoiser denoiser, Guidance guidance, int... seeds) {
    return Sampler.of(denoiser)
        .sample(
            Sampling.fromNoise(Shape.images(seeds.length, 1, 8, 8))
                .seed(seeds[0])
                .steps(5)
                .guidance(guidance));
  }

  @Test
  void guidanceOfZeroMakesTheClassIrrelevantBitForBit() {
    try (TrainedDenoiser denoiser = trainer.denoiser()) {
      Tensor plain = sample(denoiser, Guidance.of(NONE), 0, 1);
      for (int label = 0; label < 3; label++) {
        Tensor guided = sample(denoiser, Guidance.classifierFree(0, label(label), NONE), 0, 1);
        assertThat(guided.toArray()).isEqualTo(plain.toArray());
      }
    }
  }

  /** Images are measured as they are, in as many parts as there are. */
  @Test
  void lossIsThatOfImagesAsTheyAreWhateverTheSettingsOfSteps() {
    Training parts = Blobs.TRAINING.epochs(1).optimiser(Optimiser.adam(1e-3).accumulation(8));
    try (Trainer other = Trainer.start(Blobs.NET, parts, new Blobs(20));
        TrainedDenoiser denoiser = other.denoiser()) {
      Blobs few = new Blobs(5);
      assertThat(denoiser.loss(few.augmented(Augmentation.shift(3))))
          .isPositive()
          .isEqualTo(denoiser.loss(few));
    }
  }

  @Test
  void classMatters() {
    try (TrainedDenoiser denoiser = trainer.denoiser()) {
      assertThat(sample(denoiser, Guidance.of(label(0)), 0).toArray())
          .isNotEqualTo(sample(denoiser, Guidance.of(label(1)), 0).toArray());
    }
  }

  @Test
  void missingClassIsRefusedAsByAnExportedModel() {
    try (TrainedDenoiser denoiser = trainer.denoiser()) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> sample(denoiser, Guidance.of(Conditioning.none()), 0))
          .withMessageContaining("must be told input class [1 or batch, 3], zeros for none");
    }
  }

  @Test
  void outlivesTheTrainerAndEqualsItsCheckpoint() {
    Path run = folder.resolve("run");
    TrainedDenoiser early;
    try (Trainer other = Trainer.start(Blobs.NET, Blobs.TRAINING.epochs(1), new Blobs(20), run)) {
      other.forEach(epoch -> epoch.forEach(step -> {}));
      early = other.denoiser();
    }
    try (early;
        TrainedDenoiser opened = TrainedDenoiser.open(run)) {
      assertThat(sample(opened, Guidance.of(label(2)), 3).toArray())
          .isEqualTo(sample(early, Guidance.of(label(2)), 3).toArray());
    }
  }

  @Test
  void wrongInputsAreNamed() {
    try (TrainedDenoiser denoiser = trainer.denoiser()) {
      Sampler sampler = Sampler.of(denoiser);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> sampler.sample(Sampling.fromNoise(Shape.images(1, 3, 8, 8))))
          .withMessageContaining("sample")
          .withMessageContaining("[1, 8, 8]");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> sample(denoiser, Guidance.of(other("class", 10)), 0))
          .withMessageContaining("class")
          .withMessageContaining("[3]");
      assertThatIllegalArgumentException()
          .isThrownBy(
              () -> sample(denoiser, Guidance.of(NONE.global("label", Tensor.oneHot(3, 1))), 0))
          .withMessageContaining("label")
          .withMessageContaining("class");
    }
  }

  @Test
  void closedDenoiserIsNotUsed() {
    TrainedDenoiser denoiser = trainer.denoiser();
    denoiser.close();
    denoiser.close();
    assertThatIllegalStateException()
        .isThrownBy(() -> sample(denoiser, Guidance.of(NONE), 0))
        .withMessageContaining("closed");
    assertThatIllegalStateException()
        .isThrownBy(() -> denoiser.exportOnnx(folder.resolve("closed.onnx")));
    assertThat(folder.resolve("closed.onnx")).doesNotExist();
  }

  @Test
  void closingWhileThreadsSampleEndsThemByException() throws InterruptedException {
    TrainedDenoiser denoiser = trainer.denoiser();
    CountDownLatch running = new CountDownLatch(3);
    List<CompletableFuture<Throwable>> threads = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      threads.add(
          CompletableFuture.supplyAsync(
              () ->
                  catchThrowable(
                      () -> {
                        while (true) {
                          sample(denoiser, Guidance.of(label(1)), 0);
                          running.countDown();
                        }
                      })));
    }
    running.await();
    denoiser.close();
    threads.forEach(thread -> assertThat(thread.join()).isInstanceOf(IllegalStateException.class));
  }

  @Test
  void exportThatCannotBeWrittenLeavesNothing() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "no folder");
    try (TrainedDenoiser denoiser = trainer.denoiser()) {
      assertThatExceptionOfType(DiffusionException.class)
          .isThrownBy(() -> denoiser.exportOnnx(file.resolve("model.onnx")))
          .withMessageContaining("model.onnx");
    }
    assertThat(folder).isDirectoryNotContaining(path -> !path.equals(file));
  }
}
