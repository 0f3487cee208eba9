package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.train.data.Augmentation;
import io.github.diffusion4j.train.data.Dataset;
import io.github.diffusion4j.train.torch.Batch;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;

class LoaderTest {

  private static final Blobs BLOBS = new Blobs(20);

  /** Blobs that do something else, too, whenever an image is asked for: its number from 1. */
  private record Watched(AtomicInteger asked, IntConsumer watch) implements LikeBlobs {

    static Watched by(IntConsumer watch) {
      return new Watched(new AtomicInteger(), watch);
    }

    @Override
    public Blobs blobs() {
      return BLOBS;
    }

    @Override
    public void image(int index, float[] into, int offset) {
      watch.accept(asked.incrementAndGet());
      LikeBlobs.super.image(index, into, offset);
    }
  }

  private static Batches batches(Dataset data) {
    return new Batches(Blobs.NET, Blobs.TRAINING, data);
  }

  @Test
  void batchesAreThoseThatAreNotPreparedAhead() {
    Batches batches = batches(BLOBS.augmented(Augmentation.shift(2)));
    long step = 1;
    try (Loader loader = new Loader(batches)) {
      for (int epoch = 1; epoch <= 3; epoch++) {
        int[] order = batches.order(epoch);
        int left = epoch == 2 ? 1 : 3;
        for (int i = 0; i < left; i++, step++) {
          Batch expected = batches.batch(order, i, step);
          Batch found = loader.batch(order, i, step);
          assertThat(found).usingRecursiveComparison().isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void nextBatchIsPreparedWhileTheCallerIsBusyAndNoFurtherOne() throws InterruptedException {
    CountDownLatch second = new CountDownLatch(16);
    Thread[] readers = new Thread[21];
    Watched data =
        Watched.by(
            number -> {
              readers[number] = Thread.currentThread();
              second.countDown();
            });
    try (Trainer trainer = Trainer.start(Blobs.NET, Blobs.TRAINING, data)) {
      Iterator<TrainingStep> steps = trainer.iterator().next().iterator();
      steps.next();
      assertThat(second.await(60, TimeUnit.SECONDS)).isTrue();
      assertThat(readers[8]).isSameAs(Thread.currentThread());
      assertThat(readers[9]).isNotSameAs(Thread.currentThread()).isSameAs(readers[16]);
      assertThat(readers[9].isDaemon()).isTrue();
      readers[9].join(60_000);
      assertThat(readers[9].isAlive()).isFalse();
      assertThat(data.asked()).hasValue(16);
      steps.next();
      steps.next();
      assertThat(data.asked()).hasValue(20);
    }
  }

  @Test
  void closingWaitsForTheBatchUnderWay() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(9);
    Watched data =
        Watched.by(
            number -> {
              begun.countDown();
              if (number > 8) {
                pause();
              }
            });
    Trainer trainer = Trainer.start(Blobs.NET, Blobs.TRAINING, data);
    trainer.iterator().next().iterator().next();
    assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
    trainer.close();
    assertThat(data.asked()).hasValue(16);
  }

  private static void pause() {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void errorsComeInTheStepThatNeedsTheBatchAsTheyAre() {
    List<Throwable> errors =
        List.of(new DiffusionException("disk gone"), new AssertionError("data gone"));
    for (Throwable error : errors) {
      Watched data =
          Watched.by(
              number -> {
                if (number == 9 && error instanceof DiffusionException e) {
                  throw e;
                }
                if (number == 9 && error instanceof Error e) {
                  throw e;
                }
              });
      try (Trainer trainer = Trainer.start(Blobs.NET, Blobs.TRAINING, data)) {
        Iterator<TrainingStep> steps = trainer.iterator().next().iterator();
        TrainingStep first = steps.next();
        assertThatExceptionOfType(error.getClass()).isThrownBy(steps::next).isSameAs(error);
        if (error instanceof DiffusionException) {
          int image = batches(BLOBS).order(1)[8];
          assertThat(error).hasSuppressedException(readingOf(image));
        }
        assertThat(first.number()).isEqualTo(1);
        // The data are well again, so the run goes on as it would have.
        TrainingStep second = steps.next();
        assertThat(second.number()).isEqualTo(2);
        assertThat(second.loss()).isEqualTo(secondLoss());
      }
    }
  }

  private static DiffusionException readingOf(int image) {
    return new DiffusionException("reading image " + image + " of blobs");
  }

  private static double secondLoss() {
    try (Trainer trainer = Trainer.start(Blobs.NET, Blobs.TRAINING, BLOBS)) {
      Iterator<TrainingStep> steps = trainer.iterator().next().iterator();
      steps.next();
      return steps.next().loss();
    }
  }
}
