package io.github.diffusion4j.train;

import io.github.diffusion4j.internal.Checks;
import io.github.diffusion4j.train.data.Dataset;
import io.github.diffusion4j.train.net.Network;
import io.github.diffusion4j.train.torch.Batch;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The loss of a network on images that it may not have been trained on. Noise, positions and
 * dropped classes are drawn as in training, but from the run's seed and the images' places alone;
 * augmented images are taken as they are.
 *
 * @param batches the images
 */
record Validation(Batches batches) {

  /** What answers a batch. */
  @FunctionalInterface
  interface Asked {
    /**
     * The mean loss of a batch.
     *
     * @param noiseSeeds the seed of each image's noise
     */
    double loss(Batch batch, long[] noiseSeeds);
  }

  /**
   * On these images.
   *
   * @throws IllegalArgumentException if the network does not take them
   */
  static Validation of(Network network, Training training, Dataset data) {
    Objects.requireNonNull(data, "data");
    int parts = training.optimiser().accumulation();
    int part = (training.batch() + parts - 1) / parts; // what there is memory for
    Training asked =
        training
            .seed(Randomness.validationSeed(training.seed()))
            .optimiser(training.optimiser().accumulation(1))
            .batch(Math.min(part, data.size()));
    return new Validation(new Batches(network, asked, data, Workers.alone(), false));
  }

  /**
   * Checks that the network takes what a run's data set holds back, and that something is held back
   * where the settings need it.
   *
   * @throws IllegalArgumentException if not
   */
  static Batches checked(Batches run) {
    Training training = run.training();
    Dataset data = run.data();
    data.heldBack().ifPresent(heldBack -> of(run.network(), training, heldBack));
    boolean isNeeded = training.patience() > 0 || training.checkpoints().keepsBest();
    Checks.require(
        !isNeeded || data.heldBack().isPresent(),
        () ->
            "patience and keepBest() need images that are held back, by data.holdingBack(share, seed) or"
                + " data.validatedOn(heldBack);"
                + " data set "
                + data.name()
                + " has none");
    return run;
  }

  /** The mean over all images. */
  double loss(Asked network) {
    int size = batches.data().size();
    int[] order = IntStream.range(0, size).toArray();
    long seed = batches.training().seed();
    double sum = 0;
    for (int i = 0; i < batches.count(); i++) {
      Batch batch = batches.batch(order, i, i + 1);
      long from = (long) i * batches.training().batch();
      long count = batch.shape()[0];
      long[] noiseSeeds =
          LongStream.rangeClosed(from + 1, from + count)
              .map(place -> Randomness.noiseSeed(seed, place))
              .toArray();
      sum += count * network.loss(batch, noiseSeeds);
    }
    return sum / size;
  }
}
