package io.github.diffusion4j.train;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.NoiseLevel;
import io.github.diffusion4j.internal.Checks;
import io.github.diffusion4j.train.data.Dataset;
import io.github.diffusion4j.train.net.Input;
import io.github.diffusion4j.train.net.Network;
import io.github.diffusion4j.train.torch.Batch;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * What a run looks at in each step.
 *
 * @param network the network
 * @param training the settings
 * @param data the images
 * @param workers who looks at which part of each batch
 * @param isTrained whether images and draws are those of a step of training; else images are as
 *     they are, and draws those of each image's number
 */
record Batches(
    Network network, Training training, Dataset data, Workers workers, boolean isTrained) {

  /**
   * Checks that these go together.
   *
   * @throws IllegalArgumentException if the network does not take these images or classes, or the
   *     batch is larger than the data set
   */
  Batches {
    Fit.check(network, training, data, workers);
  }

  /** Of a run. */
  Batches(Network network, Training training, Dataset data, Workers workers) {
    this(network, training, data, workers, true);
  }

  /** Of a run in one process. */
  Batches(Network network, Training training, Dataset data) {
    this(network, training, data, Workers.alone());
  }

  /** The number of batches of an epoch; the last may be smaller. */
  int count() {
    return (data.size() + training.batch() - 1) / training.batch();
  }

  /** The order of the images in an epoch. */
  int[] order(int epoch) {
    return Randomness.order(training.seed(), epoch, data.size());
  }

  /**
   * A batch of an epoch, with the random draws of its step in the run; the images of other workers
   * are blank.
   */
  Batch batch(int[] order, int index, long step) {
    int from = index * training.batch();
    int count = Math.min(order.length - from, training.batch());
    int each = data.channels() * data.height() * data.width();
    float[] images = new float[count * each];
    float[] signal = new float[count];
    float[] noise = new float[count];
    float[] cleanFactor = new float[count];
    float[] noiseFactor = new float[count];
    boolean isUniform = training.objective().weighting().isUniform();
    float[] weights = new float[isUniform ? 0 : count];
    Map<Input, float[]> told = new LinkedHashMap<>();
    network.inputs().stream()
        .filter(input -> !input.name().equals(Input.SAMPLE))
        .forEach(input -> told.put(input, new float[count * input.elements()]));
    Objective objective = training.objective();
    SplittableRandom ofStep = Randomness.ofStep(training.seed(), step);
    SplittableRandom augmentation = Randomness.ofAugmentation(training.seed(), step);
    for (int i = 0; i < count; i++) {
      int image = order[from + i];
      SplittableRandom own = augmentation.split();
      boolean isOwn = i >= workers.settings().from(count) && i < workers.settings().to(count);
      if (isOwn) {
        int offset = i * each;
        reading(image, () -> read(image, own, images, offset));
        checkPixels(image, images, offset, each);
      }
      SplittableRandom random = isTrained ? ofStep : Randomness.ofStep(training.seed(), image + 1L);
      NoiseLevel level = objective.level(random.nextDouble());
      boolean dropped = random.nextDouble() < training.conditioningDropout();
      signal[i] = (float) (level.inputScale() * level.signal());
      noise[i] = (float) (level.inputScale() * level.noise());
      cleanFactor[i] = (float) objective.prediction().cleanFactor(level);
      noiseFactor[i] = (float) objective.prediction().noiseFactor(level);
      if (!isUniform) {
        weights[i] = (float) objective.weighting().weight(level, objective.prediction());
      }
      for (Map.Entry<Input, float[]> entry : told.entrySet()) {
        Input input = entry.getKey();
        float[] values = entry.getValue();
        int offset = i * input.elements();
        switch (input.name()) {
          case Input.TIME -> values[offset] = (float) level.time();
          case Input.CLASS -> values[offset + label(image, input.elements())] = dropped ? 0 : 1;
          default -> {
            if (isOwn && !dropped) {
              condition(input, image, values, offset);
            }
          }
        }
      }
    }
    Map<String, float[]> conditions = new TreeMap<>();
    told.forEach((input, values) -> conditions.put(input.name(), values));
    long[] shape = {count, data.channels(), data.height(), data.width()};
    return new Batch(shape, images, signal, noise, cleanFactor, noiseFactor, weights, conditions);
  }

  private void read(int image, SplittableRandom own, float[] into, int offset) {
    if (isTrained) {
      data.draw(image, own, into, offset);
    } else {
      data.image(image, into, offset);
    }
  }

  /** Has the data set read something of an image; its exceptions take a note of which. */
  private void reading(int image, Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      e.addSuppressed(new DiffusionException("reading image " + image + " of " + data.name()));
      throw e;
    }
  }

  private void condition(Input input, int image, float[] values, int offset) {
    reading(image, () -> data.condition(input.name(), image, values, offset));
    for (int i = offset; i < offset + input.elements(); i++) {
      float value = values[i];
      Checks.require(
          Float.isFinite(value),
          () ->
              "condition "
                  + input.name()
                  + " of image "
                  + image
                  + " of "
                  + data.name()
                  + " must be finite, got "
                  + value);
    }
  }

  private void checkPixels(int image, float[] values, int from, int count) {
    for (int i = from; i < from + count; i++) {
      float value = values[i];
      Checks.require(
          value >= 0 && value <= 1,
          () -> "image " + image + " of " + data.name() + " must be in [0, 1], got " + value);
    }
  }

  private int label(int image, int classes) {
    int[] label = new int[1];
    reading(image, () -> label[0] = data.label(image));
    return Checks.inRange(
        0, classes - 1, label[0], "label of image " + image + " of " + data.name());
  }
}
