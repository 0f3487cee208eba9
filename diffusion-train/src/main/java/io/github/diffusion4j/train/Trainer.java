package io.github.diffusion4j.train;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.train.data.Dataset;
import io.github.diffusion4j.train.net.Network;
import io.github.diffusion4j.train.torch.Batch;
import io.github.diffusion4j.train.torch.Engine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * A run of training: a sequence of epochs, each a sequence of steps that are made as they are asked
 * for. A progress bar or an early end is the caller's own loop:
 *
 * <pre>{@code
 * try (Trainer trainer = Trainer.start(network, training, data, folder)) {
 *   for (Epoch epoch : trainer) {
 *     for (TrainingStep step : epoch) {
 *       System.out.println(step.loss());
 *     }
 *   }
 * }
 * }</pre>
 *
 * <p>With a folder, a checkpoint is written after every epoch, and within it if {@link
 * CheckpointPolicy} says so, and {@link #resume} goes on from it with the same numbers: bit for bit
 * on the same machine with the same number of threads.
 *
 * <p>Safe for several threads, which take turns, but a run is one sequence: give it one thread.
 * Closing frees the native memory.
 */
public final class Trainer implements Iterable<Epoch>, AutoCloseable {

  private final Batches batches;
  private final Loader loader;
  private final Optional<RunFolder> folder;
  private final Engine engine;
  private final List<Double> epochLosses = new ArrayList<>();
  private Optional<Epoch> current = Optional.empty();
  private Epoch.Progress begun = Epoch.Progress.NONE;
  private long steps;
  private final Failure failure = new Failure();
  private boolean closed;

  private Trainer(Batches batches, Optional<RunFolder> folder, Engine engine) {
    this.batches = batches;
    this.loader = new Loader(batches);
    this.folder = folder;
    this.engine = engine;
  }

  private static Engine engine(Network network, Training training) {
    Engine.useThreads(training.threads());
    return Engine.training(
        network, training.compute(), training.seed(), training.optimiser().rule());
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
    Batches batches = new Batches(network, training, data);
    return new Trainer(batches, Optional.empty(), engine(network, training));
  }

  /**
   * A run with checkpoints.
   *
   * @param network the network
   * @param training the settings
   * @param data the images
   * @param folder where {@code epoch-0001.safetensors} and so on, {@code loss.csv} and {@code
   *     metrics.jsonl} are written; made if need be
   * @return the run, before its first step
   * @throws IllegalArgumentException if the network does not take these images or classes, or the
   *     batch is larger than the data set, or network or settings are not ones that a checkpoint
   *     can name
   * @throws DiffusionException if LibTorch cannot be loaded, or the folder cannot be written or
   *     holds a run already
   */
  public static Trainer start(Network network, Training training, Dataset data, Path folder) {
    Batches batches = new Batches(network, training, data);
    Checkpoint.checkReadable(network, training);
    Engine engine = engine(network, training);
    try {
      return new Trainer(batches, Optional.of(RunFolder.create(folder, training)), engine);
    } catch (RuntimeException e) {
      engine.close();
      throw e;
    }
  }

  /**
   * Goes on from a run's last checkpoint, in its folder. The steps made after it are made again.
   *
   * @param checkpoint the file, or a run's folder for its last one
   * @param data the images that the run was started with
   * @return the run, where the checkpoint was written
   * @throws DiffusionException if the file is not a checkpoint, its folder is in use or has later
   *     ones, {@code loss.csv} beside it has fewer steps, the data are others, or LibTorch cannot
   *     be loaded
   */
  public static Trainer resume(Path checkpoint, Dataset data) {
    Path file = RunFolder.checkpoint(checkpoint);
    return resume(file, Checkpoint.read(file), data);
  }

  /**
   * Goes on from a run's last checkpoint with other checkpoints from there on, which change no
   * number of the run.
   *
   * @param checkpoint the file, or a run's folder for its last one
   * @param data the images that the run was started with
   * @param checkpoints when checkpoints are written from now on, and which are kept
   * @return the run, where the checkpoint was written
   * @throws DiffusionException as {@link #resume(Path, Dataset)} does
   */
  public static Trainer resume(Path checkpoint, Dataset data, CheckpointPolicy checkpoints) {
    Path file = RunFolder.checkpoint(checkpoint);
    Checkpoint saved = Checkpoint.read(file);
    return resume(file, saved.with(saved.training().checkpoints(checkpoints)), data);
  }

  private static Trainer resume(Path file, Checkpoint saved, Dataset data) {
    saved.checkData(data);
    Batches batches = new Batches(saved.network(), saved.training(), data);
    Engine engine = engine(saved.network(), saved.training());
    try {
      engine.restore(saved.tensors(), saved.steps());
      Trainer trainer = new Trainer(batches, Optional.of(RunFolder.resume(file, saved)), engine);
      trainer.epochLosses.addAll(saved.epochLosses());
      trainer.steps = saved.steps();
      trainer.begun = new Epoch.Progress(saved.epochSteps(), saved.epochLossSum());
      return trainer;
    } catch (RuntimeException e) {
      engine.close();
      throw e;
    }
  }

  /** The settings of the run. */
  public Training training() {
    return batches.training();
  }

  /** The number of epochs that have ended. */
  public synchronized int epochsDone() {
    return epochLosses.size();
  }

  /**
   * The epochs that have not ended. All iterators of a trainer share its progress.
   *
   * @return ends an unfinished epoch, with its checkpoint, at every call of {@code hasNext} and
   *     {@code next}, which then begins the next; throws {@link DiffusionException} where a loss or
   *     a parameter is no longer finite, {@link IllegalStateException} after that and when the
   *     trainer is closed
   */
  @Override
  public Iterator<Epoch> iterator() {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        synchronized (Trainer.this) {
          checkUsable();
          current.ifPresent(Epoch::end);
          return epochsDone() < training().epochs();
        }
      }

      @Override
      public Epoch next() {
        synchronized (Trainer.this) {
          if (!hasNext()) {
            throw new NoSuchElementException("the run has ended after " + epochsDone() + " epochs");
          }
          int number = epochsDone() + 1;
          Epoch epoch =
              new Epoch(Trainer.this, number, batches.count(), batches.order(number), begun);
          current = Optional.of(epoch);
          begun = Epoch.Progress.NONE;
          return epoch;
        }
      }
    };
  }

  synchronized TrainingStep step(Epoch epoch, int[] order, int index) {
    checkUsable();
    long number = steps + 1;
    Batch batch = loader.batch(order, index, number);
    double rate = training().rate(number, epoch.number(), (double) index / epoch.steps());
    double loss;
    try {
      loss = engine.step(batch, rate, Randomness.noiseSeed(training().seed(), number));
    } catch (RuntimeException e) {
      // Running means may have moved, so the run would not go on with the same numbers.
      failure.set(new DiffusionException("step " + number + " failed: " + e, e));
      throw e;
    }
    if (!Double.isFinite(loss)) {
      throw failure.set(
          "loss is "
              + loss
              + " at step "
              + number
              + " (step "
              + (index + 1)
              + " of epoch "
              + epoch.number()
              + ")",
          folder);
    }
    steps = number;
    TrainingStep step = new TrainingStep(number, index + 1, epoch.steps(), rate, loss);
    failure.guard(() -> folder.ifPresent(f -> f.log(step, epoch.number())));
    return step;
  }

  /** A step has been made that did not end its epoch. */
  synchronized void within(TrainingStep step) {
    if (folder.isPresent() && training().checkpoints().isDue(step.number())) {
      save();
    }
  }

  synchronized void ended(Epoch epoch) {
    checkFinite();
    epochLosses.add(epoch.meanLoss());
    current = Optional.empty();
    save();
  }

  private void checkFinite() {
    if (!engine.isFinite()) {
      throw failure.set("a parameter is not finite after step " + steps, folder);
    }
  }

  private void save() {
    checkFinite();
    failure.guard(() -> folder.ifPresent(f -> f.save(checkpoint())));
  }

  private Checkpoint checkpoint() {
    Epoch.Progress progress = current.map(Epoch::progress).orElse(begun);
    return new Checkpoint(
        batches.network(),
        training(),
        Checkpoint.about(batches.data()),
        steps,
        List.copyOf(epochLosses),
        progress.steps(),
        progress.lossSum(),
        engine.state());
  }

  /**
   * The network as trained so far, with a copy of its parameters.
   *
   * @return the denoiser, which outlives this run; the caller closes it
   * @throws IllegalStateException if the run is closed or has failed
   */
  public synchronized TrainedDenoiser denoiser() {
    checkUsable();
    return TrainedDenoiser.of(checkpoint());
  }

  private void checkUsable() {
    if (closed) {
      throw new IllegalStateException("the trainer is closed");
    }
    failure.check();
  }

  /** Frees the native memory. Closing twice is fine. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      loader.close();
      try {
        folder.ifPresent(RunFolder::close);
      } finally {
        engine.close();
      }
    }
  }
}
