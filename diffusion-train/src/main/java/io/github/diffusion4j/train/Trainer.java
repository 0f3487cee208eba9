package io.github.diffusion4j.train;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.NoiseLevel;
import io.github.diffusion4j.NoiseSchedule;
import io.github.diffusion4j.train.data.Dataset;
import io.github.diffusion4j.train.net.Input;
import io.github.diffusion4j.train.net.Network;
import io.github.diffusion4j.train.torch.Batch;
import io.github.diffusion4j.train.torch.Engine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * A run of training: a sequence of epochs, each a sequence of steps that are made as they are asked
 * for. A progress bar or an early end is the caller's own loop:
 *
 * <pre>{@code
 * try (Trainer trainer = Trainer.start(network, training, data, folder)) {
 *   for (Epoch epoch : trainer) {
 *     for (Step step : epoch) {
 *       System.out.println(step.loss());
 *     }
 *   }
 * }
 * }</pre>
 *
 * <p>With a folder, a checkpoint is written after every epoch, and {@link #resume} goes on from it
 * with the same numbers: bit for bit on the same machine with the same number of threads.
 *
 * <p>For one thread at a time. Closing frees the native memory.
 */
public final class Trainer implements Iterable<Epoch>, AutoCloseable {

  private final Network network;
  private final Training training;
  private final Dataset data;
  private final Optional<RunFolder> folder;
  private final Engine engine;
  private final List<Double> epochLosses = new ArrayList<>();
  private Optional<Epoch> current = Optional.empty();
  private long steps;
  private boolean closed;

  private Trainer(Network network, Training training, Dataset data, Optional<RunFolder> folder) {
    checkFits(network, training, data);
    this.network = network;
    this.training = training;
    this.data = data;
    this.folder = folder;
    Engine.useThreads(training.threads());
    this.engine = Engine.create(network, training.isDouble(), training.seed());
  }

  /**
   * A run without checkpoints.
   *
   * @param network the network
   * @param training the settings
   * @param data the images
   * @return the run, before its first step
   * @throws IllegalArgumentException if the network does not take these images or classes, or the
   *     batch is larger than the data set
   * @throws DiffusionException if LibTorch cannot be loaded
   */
  public static Trainer start(Network network, Training training, Dataset data) {
    return new Trainer(network, training, data, Optional.empty());
  }

  /**
   * A run with checkpoints.
   *
   * @param network the network
   * @param training the settings
   * @param data the images
   * @param folder where {@code epoch-0001.safetensors} and so on and {@code loss.csv} are written;
   *     made if need be
   * @return the run, before its first step
   * @throws IllegalArgumentException if the network does not take these images or classes, or the
   *     batch is larger than the data set
   * @throws DiffusionException if LibTorch cannot be loaded, or the folder cannot be written or
   *     holds a run already
   */
  public static Trainer start(Network network, Training training, Dataset data, Path folder) {
    return new Trainer(network, training, data, Optional.of(RunFolder.create(folder)));
  }

  /**
   * Goes on from a checkpoint, in its folder.
   *
   * @param checkpoint the file, or a run's folder for its last one
   * @param data the images that the run was started with
   * @return the run, before the epoch after the checkpoint
   * @throws DiffusionException if the file is not a checkpoint, or the data are others
   */
  public static Trainer resume(Path checkpoint, Dataset data) {
    Path file = RunFolder.checkpoint(checkpoint);
    Checkpoint saved = Checkpoint.read(file);
    saved.checkData(data);
    RunFolder folder = RunFolder.resume(file, saved.steps());
    Trainer trainer = new Trainer(saved.network(), saved.training(), data, Optional.of(folder));
    trainer.restore(saved);
    return trainer;
  }

  private void restore(Checkpoint saved) {
    try {
      engine.restore(saved.tensors(), saved.steps());
    } catch (RuntimeException e) {
      close();
      throw e;
    }
    epochLosses.addAll(saved.epochLosses());
    steps = saved.steps();
  }

  private static void checkFits(Network network, Training training, Dataset data) {
    for (Input input : network.inputs()) {
      List<Integer> found =
          switch (input.name()) {
            case Input.SAMPLE -> List.of(data.channels(), data.height(), data.width());
            case Input.CLASS -> List.of(data.classes());
            default -> input.shape();
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

  /** The settings of the run. */
  public Training training() {
    return training;
  }

  /** The number of epochs that have ended. */
  public int epochsDone() {
    return epochLosses.size();
  }

  /**
   * The epochs that have not ended. All iterators of a trainer share its progress.
   *
   * @return ends an unfinished epoch and begins the next at every call of {@code next}
   */
  @Override
  public Iterator<Epoch> iterator() {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        current.ifPresent(Epoch::end);
        return epochsDone() < training.epochs();
      }

      @Override
      public Epoch next() {
        if (!hasNext()) {
          throw new NoSuchElementException("the run has ended after " + epochsDone() + " epochs");
        }
        checkOpen();
        int number = epochsDone() + 1;
        int count = (data.size() + training.batch() - 1) / training.batch();
        Epoch epoch =
            new Epoch(
                Trainer.this,
                number,
                count,
                Randomness.order(training.seed(), number, data.size()));
        current = Optional.of(epoch);
        return epoch;
      }
    };
  }

  Step step(Epoch epoch, int[] order, int index) {
    checkOpen();
    long number = steps + 1;
    int from = index * training.batch();
    int to = Math.min(order.length, from + training.batch());
    double loss =
        engine.step(
            batch(order, from, to, number),
            epoch.rate(),
            Randomness.noiseSeed(training.seed(), number));
    if (!Double.isFinite(loss)) {
      throw new DiffusionException(
          "loss is "
              + loss
              + " at step "
              + number
              + " (step "
              + (index + 1)
              + " of epoch "
              + epoch.number()
              + "); "
              + folder.map(RunFolder::lastGood).orElse("the run keeps no checkpoints"));
    }
    steps = number;
    folder.ifPresent(f -> f.log(number, loss));
    return new Step(number, index + 1, epoch.steps(), loss);
  }

  private Batch batch(int[] order, int from, int to, long step) {
    int count = to - from;
    int each = data.channels() * data.height() * data.width();
    float[] images = new float[count * each];
    float[][] factors = new float[4][count];
    Map<String, float[]> conditions = new TreeMap<>();
    network.inputs().stream()
        .filter(input -> !input.name().equals(Input.SAMPLE))
        .forEach(input -> conditions.put(input.name(), new float[count * input.elements()]));
    SplittableRandom random = Randomness.ofStep(training.seed(), step);
    for (int i = 0; i < count; i++) {
      int image = order[from + i];
      data.image(image, images, i * each);
      NoiseLevel level = training.schedule().at(position(random.nextDouble()));
      boolean dropped = random.nextDouble() < training.conditioningDropout();
      factors[0][i] = (float) level.signal();
      factors[1][i] = (float) level.noise();
      factors[2][i] = (float) training.prediction().cleanFactor(level);
      factors[3][i] = (float) training.prediction().noiseFactor(level);
      if (conditions.containsKey(Input.TIME)) {
        conditions.get(Input.TIME)[i] = (float) level.time();
      }
      if (conditions.containsKey(Input.CLASS) && !dropped) {
        conditions.get(Input.CLASS)[i * data.classes() + data.label(image)] = 1;
      }
    }
    long[] shape = {count, data.channels(), data.height(), data.width()};
    return new Batch(shape, images, factors[0], factors[1], factors[2], factors[3], conditions);
  }

  /** Evenly over the schedule: any position of a continuous one, any trained of a discrete one. */
  private double position(double uniform) {
    NoiseSchedule schedule = training.schedule();
    return schedule.isDiscrete()
        ? Math.floor(uniform * (schedule.first() + 1))
        : schedule.last() + uniform * (schedule.first() - schedule.last());
  }

  void ended(Epoch epoch) {
    epochLosses.add(epoch.meanLoss());
    current = Optional.empty();
    folder.ifPresent(f -> f.save(checkpoint(), epoch.number()));
  }

  private Checkpoint checkpoint() {
    return Checkpoint.of(network, training, data, steps, epochLosses, engine.state());
  }

  /**
   * The network as trained so far, with a copy of its parameters.
   *
   * @return the denoiser, which outlives this run; the caller closes it
   * @throws IllegalStateException if the run is closed
   */
  public TrainedDenoiser denoiser() {
    checkOpen();
    return TrainedDenoiser.of(checkpoint());
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the trainer is closed");
    }
  }

  /** Frees the native memory. Closing twice is fine. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      folder.ifPresent(RunFolder::close);
      engine.close();
    }
  }
}
