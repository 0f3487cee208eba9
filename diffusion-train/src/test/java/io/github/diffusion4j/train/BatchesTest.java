package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.NoiseSchedule;
import io.github.diffusion4j.PredictionType;
import io.github.diffusion4j.train.data.Augmentation;
import io.github.diffusion4j.train.data.Dataset;
import io.github.diffusion4j.train.torch.Batch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatchesTest {

  private static Batches batches(Training training, int size) {
    return new Batches(Blobs.NET, training, new Blobs(size));
  }

  @Test
  void epochShowsEachImageOnceInAnOrderOfItsOwn() {
    Batches batches = batches(Blobs.TRAINING, 50);
    int[] first = batches.order(1);
    assertThat(first).isNotEqualTo(batches.order(2)).isEqualTo(batches.order(1));
    assertThat(IntStream.of(first).sorted()).containsExactlyElementsOf(range(50));
    int seen = 0;
    for (int i = 0; i < batches.count(); i++) {
      Batch batch = batches.batch(first, i, i + 1);
      for (int k = 0; k < batch.shape()[0]; k++) {
        float[] expected = new float[64];
        batches.data().image(first[seen++], expected, 0);
        assertThat(Arrays.copyOfRange(batch.images(), 64 * k, 64 * k + 64)).isEqualTo(expected);
      }
    }
    assertThat(seen).isEqualTo(50);
    assertThat(batches.batch(first, 6, 7).shape()).containsExactly(2, 1, 8, 8);
  }

  private static Iterable<Integer> range(int count) {
    return IntStream.range(0, count).boxed().toList();
  }

  @Test
  void classIsDroppedWithItsProbability() {
    Batches batches = batches(Blobs.TRAINING.batch(1000).conditioningDropout(.1), 1000);
    int dropped = 0;
    for (int step = 1; step <= 20; step++) {
      float[] classes = batches.batch(batches.order(1), 0, step).conditions().get("class");
      for (int i = 0; i < 1000; i++) {
        float sum = classes[3 * i] + classes[3 * i + 1] + classes[3 * i + 2];
        assertThat(sum).isIn(0f, 1f);
        dropped += sum == 0 ? 1 : 0;
      }
    }
    // Five standard deviations of a binomial count.
    assertThat(dropped).isBetween(2000 - 212, 2000 + 212);
  }

  @Test
  void positionsOfFlowAreEvenAndTimeIsOneMinusPosition() {
    Batch batch = batches(Blobs.TRAINING.batch(1000), 1000).batch(range(1000, 0), 0, 1);
    double mean = 0;
    for (int i = 0; i < 1000; i++) {
      float time = batch.conditions().get("timestep")[i];
      assertThat(batch.signal()[i]).isCloseTo(time, within(1e-6f)).isBetween(0f, 1f);
      assertThat(batch.noise()[i]).isCloseTo(1 - time, within(1e-6f));
      assertThat(batch.cleanFactor()[i]).isEqualTo(1);
      assertThat(batch.noiseFactor()[i]).isEqualTo(-1);
      mean += time / 1000;
    }
    assertThat(mean).isCloseTo(.5, within(.05));
  }

  private static int[] range(int count, int from) {
    return IntStream.range(from, from + count).toArray();
  }

  @Test
  void discreteScheduleIsTrainedAtEveryPositionFromZero() {
    Training training =
        Blobs.TRAINING
            .batch(1000)
            .objective(Objective.of(NoiseSchedule.linear(5, 1e-4, .02), PredictionType.EPSILON));
    Batch batch = batches(training, 1000).batch(range(1000, 0), 0, 1);
    float[] times = batch.conditions().get("timestep");
    assertThat(IntStream.range(0, 1000).mapToObj(i -> times[i]).distinct())
        .containsExactlyInAnyOrder(0f, 1f, 2f, 3f, 4f);
    assertThat(batch.cleanFactor()).containsOnly(0);
    assertThat(batch.noiseFactor()).containsOnly(1);
  }

  @Test
  void batchOfMoreValuesThanAnArrayHoldsIsRefused() {
    UNet net = UNet.width(1).images(1, 8).time(UNet.TimeEffect.SHIFT);
    Training training = Blobs.TRAINING.batch((1 << 24) + 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Batches(net, training, new Blobs(1 << 25)))
        .withMessageContainingAll("1073741824 values of input sample", "16777217 of [1, 8, 8]");
  }

  @Test
  void batchOfFewerImagesThanPartsIsRefused() {
    Training training =
        Blobs.TRAINING.optimiser(Optimiser.adam(1e-3).accumulation(Blobs.TRAINING.batch() + 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Batches(Blobs.NET, training, new Blobs(20)))
        .withMessageContaining("accumulation must be in [1, 8], got 9");
  }

  @Test
  void augmentationIsDrawnAnewInEachStepAndChangesNoOtherNumber() {
    Dataset plain = new Blobs(50);
    Batches batches =
        new Batches(Blobs.NET, Blobs.TRAINING, plain.augmented(Augmentation.shift(3)));
    int[] order = batches.order(1);
    Batch first = batches.batch(order, 0, 1);
    Batch without = new Batches(Blobs.NET, Blobs.TRAINING, plain).batch(order, 0, 1);
    assertThat(first.images())
        .isEqualTo(batches.batch(order, 0, 1).images())
        .isNotEqualTo(batches.batch(order, 0, 2).images())
        .isNotEqualTo(without.images());
    assertThat(first).usingRecursiveComparison().ignoringFields("images").isEqualTo(without);
  }

  @Test
  void batchLargerThanTheDataIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> batches(Blobs.TRAINING.batch(9), 8))
        .withMessageContaining("8")
        .withMessageContaining("got 9");
  }

  @Test
  void digestOfADataSetIsThatOfItsImagesAndLabels() {
    assertThat(new Dots(1).hash())
        .matches("sha256:[0-9a-f]{64}")
        .isEqualTo(new Dots(1).hash())
        .isNotEqualTo(new Dots(.5f).hash())
        .isNotEqualTo(new Dots(1).first(19).hash());
  }

  /** Images whose classes cannot be read. */
  private record Unlabelled(int size) implements GraySquares {

    @Override
    public int side() {
      return 8;
    }

    @Override
    public int classes() {
      return 3;
    }

    @Override
    public void image(int index, float[] into, int offset) {}

    @Override
    public int label(int index) {
      throw new DiffusionException("no file of labels");
    }

    @Override
    public String name() {
      return "unlabelled";
    }
  }

  @Test
  void labelThatCannotBeReadIsNamed() {
    Batches batches = new Batches(Blobs.NET, Blobs.TRAINING.batch(2), new Unlabelled(4));
    assertThatExceptionOfType(DiffusionException.class)
        .isThrownBy(() -> batches.batch(new int[] {3, 1}, 0, 1))
        .withMessage("no file of labels")
        .satisfies(
            e ->
                assertThat(e)
                    .hasSuppressedException(
                        new DiffusionException("reading image 3 of unlabelled")));
  }

  /** Blobs that note which of them are read. */
  private record Noted(Blobs blobs, Set<Integer> read) implements LikeBlobs {

    @Override
    public void image(int index, float[] into, int offset) {
      read.add(index);
      LikeBlobs.super.image(index, into, offset);
    }
  }

  @Test
  void eachWorkerReadsItsOwnShareOfABatchAndBothTogetherAllOfIt() {
    int[] order = range(7, 20);
    List<Set<Integer>> read = new ArrayList<>();
    float[] sum = new float[7 * 64];
    for (int rank = 0; rank < 2; rank++) {
      Noted data = new Noted(new Blobs(49), new TreeSet<>());
      Workers workers = Workers.of(rank, 2, "localhost", 1);
      Batch batch =
          new Batches(Blobs.NET, Blobs.TRAINING.batch(7), data, workers).batch(order, 0, 1);
      for (int i = 0; i < sum.length; i++) {
        sum[i] += batch.images()[i];
      }
      read.add(data.read());
    }
    assertThat(read.get(0)).hasSizeBetween(3, 4).doesNotContainAnyElementsOf(read.get(1));
    assertThat(read.get(1)).hasSize(7 - read.get(0).size());
    assertThat(sum).isEqualTo(batches(Blobs.TRAINING.batch(7), 49).batch(order, 0, 1).images());
  }
}
