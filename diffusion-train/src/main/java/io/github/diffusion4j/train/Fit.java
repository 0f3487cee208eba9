package io.github.diffusion4j.train;

import io.github.diffusion4j.internal.Checks;
import io.github.diffusion4j.train.data.Dataset;
import io.github.diffusion4j.train.net.Input;
import io.github.diffusion4j.train.net.Network;
import io.github.diffusion4j.train.parameters.Outline;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Whether a network, settings, data and workers go together. */
final class Fit {

  /** Of a batch's values, and of the images whose order is drawn: both are arrays. */
  private static final int LONGEST = 1 << 30;

  private Fit() {}

  /**
   * Checks what each batch needs.
   *
   * @throws IllegalArgumentException if the network does not take these images or classes, or the
   *     batch is larger than the data set
   */
  static void check(Network network, Training training, Dataset data, Workers workers) {
    checkFits(network, training, data);
    checkSize(network, training);
    checkShares(training, data, workers);
  }

  /**
   * Checks what would make a new run pointless.
   *
   * @throws IllegalArgumentException if its network could not be sampled from noise, its warm-up
   *     would not come to its end, two classes have one name, or it would end at a batch of one
   *     image that a layer cannot normalise
   */
  static void checkIsWorthBeginning(Batches batches) {
    Training training = batches.training();
    training.objective().checkIsAnswer();
    long steps = (long) training.epochs() * batches.count();
    int warmUp = training.optimiser().rates().warmUp();
    Checks.require(
        warmUp <= steps,
        () ->
            "warm-up steps must be at most those of the run, %s, got %s".formatted(steps, warmUp));
    List<String> names = batches.data().classNames();
    Checks.require(
        Set.copyOf(names).size() == names.size(),
        () -> "classNames must be different from each other, got " + names);
    checkNormalises(batches, smallest(training, batches.data()));
  }

  /** The number of images of an epoch's smallest batch. */
  private static int smallest(Training training, Dataset data) {
    int last = data.size() % training.batch();
    return last == 0 ? training.batch() : last;
  }

  /** A layer that normalises over the batch and single pixels needs more than one image. */
  private static void checkNormalises(Batches batches, int images) {
    Workers workers = batches.workers();
    int parts = batches.training().optimiser().accumulation();
    int shares = parts * (workers.isSynchronised() ? 1 : workers.size());
    if (images / shares > 1) {
      return;
    }
    Set<String> means =
        Outline.of(batches.network()).stream()
            .filter(parameter -> parameter.role() == Outline.Role.MEAN)
            .map(Outline.Parameter::name)
            .collect(Collectors.toSet());
    for (Outline.Layer layer : Outline.layers(batches.network())) {
      List<Integer> shape = layer.output();
      Checks.require(
          !means.contains(layer.name() + ".norm.running_mean") || shape.get(1) * shape.get(2) > 1,
          () ->
              "%s normalises over batch, height and width, which must be more than one value in training: take larger images, or a batch that leaves no single image at the end of an epoch; got a batch of %s in %s part(s)"
                  .formatted(layer.name(), images, shares));
    }
  }

  /** A batch's values are arrays, and its parts are of one image at least. */
  private static void checkSize(Network network, Training training) {
    for (Input input : network.inputs()) {
      long values = (long) training.batch() * input.elements();
      Checks.require(
          values <= LONGEST,
          () ->
              "a batch must have at most "
                  + LONGEST
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
    int smallest = smallest(training, data);
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
    Checks.inRange(1, LONGEST, data.size(), "number of images of data set " + data.name());
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
            "the network's input %s has shape %s, data set %s gives %s"
                .formatted(input.name(), input.shape(), data.name(), found));
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
            "a network in training is told sample, timestep, class and the conditions of data set %s, %s, got an input named %s"
                .formatted(data.name(), data.conditions().keySet(), name));
    return List.copyOf(shape);
  }
}
