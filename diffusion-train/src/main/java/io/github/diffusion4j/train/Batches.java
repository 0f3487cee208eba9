package io.github.diffusion4j.train;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.NoiseLevel;
import io.github.diffusion4j.internal.Checks;
import io.github.diffusion4j.train.data.Dataset;
import io.github.diffusion4j.train.net.Input;
import io.github.diffusion4j.train.net.Network;
import io.github.diffusion4j.train.parameters.Outline;
import io.github.diffusion4j.train.torch.Batch;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
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
 * @param isAugmented whether images are as a step of training sees them, else as they are
 */
record Batches(
    Network network, Training training, Dataset data, Workers workers, boolean isAugmented) {

  private static final int MOST_VALUES = 1 << 30;

  /**
   * Checks that these go together.
   *
   * @throws IllegalArgumentException if the network does not take these images or classes, or the
   *     batch is larger than the data set
   */
  Batches {
    checkFits(network, training, data);
    checkSize(network, training);
    checkShares(training, data, workers);
  }

  /** Of a run. */
  Batches(Network network, Training training, Dataset data, Workers workers) {
    this(network, training, data, workers, true);
  }

  /** Of a run in one process. */
  Batches(Network network, Training training, Dataset data) {
    this(network, training, data, Workers.alone());
  }

  /** A batch's values are arrays, and its parts are of one image at least. */
  private static void checkSize(Network network, Training training) {
    for (Input input : network.inputs()) {
      long values = (long) training.batch() * input.elements();
      Checks.require(
          values <= MOST_VALUES,
          () ->
              "a batch must have at most "
                  + MOST_VALUES
                  + " values of input "
                  + input.name()
                  + ", got "
                  + training.batch()
                  + " of "
                  + input.shape());
    }
    Checks.inRange(1, training.batch(), training.optimiser().accumulation(), "accumulation");
  }

  /** Every worker has images in every step, so that all do the same. */
  private static void checkShares(Training training, Dataset data, Workers workers) {
    int last = data.size() % training.batch();
    int smallest = last == 0 ? training.batch() : last;
    int parts = training.optimiser().accumulation();
    Checks.require(
        workers.size() == 1 || (long) workers.size() * parts <= smallest,
        () ->
            "the smallest batch of an epoch must have at least one image for each of "
                + workers.size()
                + " workers"
                + (parts > 1 ? " in each of " + parts + " parts" : "")
                + ", got "
                + smallest
                + " of "
                + data.size()
                + " images by "
                + training.batch());
  }

  private static void checkFits(Network network, Training training, Dataset data) {
    List<Integer> sample = List.of(data.channels(), data.height(), data.width());
    Checks.require(
        Collections.disjoint(
            data.conditions().keySet(), List.of(Input.SAMPLE, Input.TIME, Input.CLASS)),
        () ->
            "conditions of a data set have names other than sample, timestep and class, got "
                + data.conditions().keySet());
    for (Input input : network.inputs()) {
      List<Integer> found =
          switch (input.name()) {
            case Input.SAMPLE -> sample;
            case Input.CLASS -> List.of(data.classes());
            case Input.TIME -> List.of();
            default -> conditionShape(data, input.name());
          };
      if (!found.equals(input.shape())) {
        throw new IllegalArgumentException(
            "the network's input "
                + input.name()
                + " has shape "
                + input.shape()
                + ", data set "
                + data.name()
                + " gives "
                + found);
      }
    }
    List<String> names = data.classNames();
    Checks.require(
        names.isEmpty() || names.size() == data.classes(),
        () -> "classNames must be one for each of " + data.classes() + " classes, got " + names);
    Checks.require(
        Outline.of(network).stream().anyMatch(Outline.Parameter::isTrained),
        () -> "a network must have parameters that training changes, got none");
    List<Integer> output = Outline.output(network);
    Checks.require(
        output.equals(sample),
        () -> "the network must predict what it is shown, of shape " + sample + ", got " + output);
    if (training.batch() > data.size()) {
      throw new IllegalArgumentException(
          "batch must be at most the size of data set "
              + data.name()
              + ", "
              + data.size()
              + ", got "
              + training.batch());
    }
  }

  private static List<Integer> conditionShape(Dataset data, String name) {
    List<Integer> shape = data.conditions().get(name);
    Checks.require(
        shape != null,
        () ->
            "a network in training is told sample, timestep, class and the conditions of its data"
                + " set "
                + data.conditions().keySet()
                + ", got an input named "
                + name);
    return List.copyOf(shape);
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
    SplittableRandom random = Randomness.ofStep(training.seed(), step);
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
    if (isAugmented) {
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
