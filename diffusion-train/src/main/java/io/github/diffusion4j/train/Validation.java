package io.github.diffusion4j.train;

import io.github.diffusion4j.internal.Checks;
import io.github.diffusion4j.train.data.Dataset;
import io.github.diffusion4j.train.net.Network;
import io.github.diffusion4j.train.torch.Batch;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * The loss of a network on images that it may not have been trained on. Noise, positions and
 * dropped classes are drawn as in training, but from the run's seed and the images' places alone;
 * augmented images are taken as they are.
 *
 * @param batches the images
 * @param atOnce as many as there is memory for
 */
record Validation(Batches batches, int atOnce) {

  /** For so many images in turn there are draws, whatever a step of the run is made of. */
  private static final int DRAWN = 64;

  /** What answers a batch. */
  @FunctionalInterface
  interface Asked {
    /**
     * The mean loss of a batch.
     *
     * @param noiseSeed the seed of its noise
     * @param atOnce the most images to look at together
     */
    double loss(Batch batch, long noiseSeed, int atOnce);
  }

  /**
   * On these images.
   *
   * @throws IllegalArgumentException if the network does not take them
   */
  static Validation of(Network network, Training training, Dataset data) {
    Objects.requireNonNull(data, "data");
    int parts = training.optimiser().accumulation();
    Training asked =
        training
            .seed(Randomness.validationSeed(training.seed()))
            .optimiser(training.optimiser().accumulation(1))
            .batch(Math.min(DRAWN, data.size()));
    return new Validation(
        new Batches(network, asked, data, Workers.alone(), false),
        (training.batch() + parts - 1) / parts);
  }

  /**
   * Checks that the network takes what a data set holds back, and that something is held back where
   * the settings need it.
   *
   * @throws IllegalArgumentException if not
   */
  static void check(Network network, Training training, Dataset data) {
    data.heldBack().ifPresent(heldBack -> of(network, training, heldBack));
    boolean isNeeded = training.patience() > 0 || training.checkpoints().keepsBest();
    Checks.require(
        !isNeeded || data.heldBack().isPresent(),
        () ->
            "patience and keepBest() need images that are held back, by data.holdingBack(share, seed) or"
                + " data.validatedOn(heldBack);"
                + " data set "
                + data.name()
                + " has none");
  }

  /** The mean over all images. */
  double loss(Asked network) {
    int size = batches.data().size();
    int[] order = IntStream.range(0, size).toArray();
    double sum = 0;
    for (int i = 0; i < batches.count(); i++) {
      Batch batch = batches.batch(order, i, i + 1);
      long seed = Randomness.noiseSeed(batches.training().seed(), i + 1);
      sum += batch.shape()[0] * network.loss(batch, seed, atOnce);
    }
    return sum / size;
  }
}
