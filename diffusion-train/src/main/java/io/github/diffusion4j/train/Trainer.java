package io.github.diffusion4j.train;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.Sampling;
import io.github.diffusion4j.image.ImageGrid;
import io.github.diffusion4j.train.data.Dataset;
import io.github.diffusion4j.train.net.Network;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A run of training: a sequence of epochs, each a sequence of steps that are made as they are asked
 * for. A progress bar is the caller's own loop:
 *
 * <pre>{@code
 * for (Epoch epoch : trainer) {
 *   epoch.forEach(step -> System.out.println(step.loss()));
 * }
 * }</pre>
 *
 * <p>With a folder, a checkpoint is written after every epoch, and within it if {@link
 * CheckpointPolicy} says so, and {@link #resume} goes on from it with the same numbers: on the
 * processor bit for bit, on the same machine with the same number of threads.
 *
 * <p>Safe for several threads, which take turns, but a run is one sequence: give it one thread.
 */
public final class Trainer implements Iterable<Epoch>, AutoCloseable {

  private final RunLoop loop;

  Trainer(Run run) {
    this.loop = new RunLoop(run);
  }

  /**
   * A run without checkpoints.
   *
   * @param network the network
   * @param training the settings
   * @param data the images
   * @return the run, before its first step
   * @throws IllegalArgumentException if the network does not take these images or classes, or the
   *     batch is larger than the data set, or there is patience and no image is held back, or no
   *     sample could be made of what the {@link Objective} says, or the warm-up is longer than the
   *     run, or a batch of one image cannot be normalised
   * @throws DiffusionException if LibTorch cannot be loaded
   */
  public static Trainer start(Network network, Training training, Dataset data) {
    return new Trainer(
        Run.start(network, training, data, Optional.empty(), Workers.alone(), Initial.RANDOM));
  }

  /**
   * A run with checkpoints.
   *
   * @param network the network
   * @param training the settings
   * @param data the images
   * @param folder where {@code epoch-0001.safetensors} and so on are written, {@code loss.csv},
   *     {@code metrics.jsonl}, {@code epochs.csv}, {@code loss.svg} and {@code settings.json}; made
   *     if need be
   * @return the run, before its first step
   * @throws IllegalArgumentException if the network does not take these images or classes, or the
   *     batch is larger than the data set, or network or settings are not ones that a checkpoint
   *     can name, or as the other
   * @throws DiffusionException if LibTorch cannot be loaded, or the folder cannot be written or
   *     holds a run or pictures of epochs already
   */
  public static Trainer start(Network network, Training training, Dataset data, Path folder) {
    return start(network, training, data, folder, Workers.alone());
  }

  /**
   * A run with checkpoints, as one of several workers.
   *
   * @param network the same on all workers, as settings and data are
   * @param training the settings
   * @param data the images
   * @param folder where worker 0 writes; the others leave it alone
   * @param workers the processes that train together
   * @return the run, before its first step
   * @throws IllegalArgumentException also if a batch has no image for one of the workers
   * @throws DiffusionException also if the workers do not meet in time, or differ in network,
   *     settings or data
   */
  public static Trainer start(
      Network network, Training training, Dataset data, Path folder, Workers workers) {
    Objects.requireNonNull(folder, "folder");
    return new Trainer(
        Run.start(network, training, data, Optional.of(folder), workers, Initial.RANDOM));
  }

  /**
   * The run of a folder, whatever has become of it: a new one, or where its last checkpoint was
   * written. A program that is started again whenever it is killed or loses a worker gets to the
   * end of its run; a run that has ended gives no epoch, one whose numbers failed fails again.
   *
   * @param network the network, the same at each start
   * @param training the settings, the same at each start but for {@link Training#checkpoints} and
   *     {@link Training#threads}
   * @param data the images, the same at each start
   * @param folder as for {@link #start(Network, Training, Dataset, Path) start}
   * @return the run, before its first step or where the checkpoint was written
   * @throws IllegalArgumentException as {@code start} does
   * @throws DiffusionException if the folder's run has another network or other settings, or began
   *     with {@linkplain TrainedDenoiser#trainOrResume a trained network}, or as {@code start} and
   *     {@code resume} do
   */
  public static Trainer startOrResume(
      Network network, Training training, Dataset data, Path folder) {
    return startOrResume(network, training, data, folder, Workers.alone());
  }

  /**
   * The run of a folder as one of several workers, perhaps more than before; worker 0's folder says
   * whether all start or resume.
   *
   * @param network the same on all workers, as settings and data are
   * @param training the settings
   * @param data the images
   * @param folder where worker 0 writes; the others leave it alone
   * @param workers the processes that train together, at most one for each image of a batch
   * @return the run, before its first step or where the checkpoint was written
   * @throws IllegalArgumentException also if a batch has no image for one of the workers
   * @throws DiffusionException also if the workers do not meet in time, or differ in network,
   *     settings or data
   */
  public static Trainer startOrResume(
      Network network, Training training, Dataset data, Path folder, Workers workers) {
    return new Trainer(Run.startOrResume(network, training, data, folder, workers, Initial.RANDOM));
  }

  /**
   * Goes on from a run's last checkpoint, in its folder. The steps made after it are made again.
   *
   * @param checkpoint the file, or a run's folder for its last one
   * @param data the images that the run was started with
   * @return the run, where the checkpoint was written
   * @throws DiffusionException if the file is not a checkpoint or not the one of its name, its
   *     folder is in use or has later ones, neither {@code loss.csv} nor {@code metrics.jsonl}
   *     beside it has all its steps, the data are others, or LibTorch cannot be loaded
   */
  public static Trainer resume(Path checkpoint, Dataset data) {
    return resume(checkpoint, data, Workers.alone());
  }

  /**
   * Goes on from a run's last checkpoint as one of several workers, perhaps more than before.
   *
   * @param checkpoint the file or folder, on worker 0's machine; the others leave it alone
   * @param data the images that the run was started with
   * @param workers the processes that train together, at most one for each image of a batch
   * @return the run, where the checkpoint was written
   * @throws DiffusionException also if the workers do not meet in time or differ in data
   */
  public static Trainer resume(Path checkpoint, Dataset data, Workers workers) {
    return new Trainer(Run.resume(checkpoint, data, workers));
  }

  /** The settings of the run. */
  public Training training() {
    return loop.run().training();
  }

  /** The number of steps made, with those before a resume that are not made again. */
  public long stepsDone() {
    return loop.progress().steps();
  }

  /** The number of epochs that have ended. */
  public int epochsDone() {
    return loop.progress().epochs();
  }

  /**
   * The first epoch of the least {@linkplain Epoch#validationLoss loss on the images held back}.
   *
   * @return its number, from 1; empty where none has ended or nothing is held back
   */
  public OptionalInt bestEpoch() {
    return loop.progress().bestEpoch();
  }

  /**
   * The {@linkplain Epoch#meanLoss mean loss} of each epoch that has ended, with those before a
   * resume: what a program needs that decides by it when to {@link #end}.
   */
  public List<Double> epochLosses() {
    return loop.progress().epochLosses();
  }

  /**
   * The {@linkplain Epoch#validationLoss loss on the images held back} after each epoch that has
   * ended, with those before a resume; none where nothing is held back.
   */
  public List<Double> validationLosses() {
    return loop.progress().validationLosses();
  }

  /**
   * The epochs that have not ended. All iterators of a trainer share its progress.
   *
   * @return ends an unfinished epoch, with its checkpoint, at every call of {@code hasNext} and
   *     {@code next}, which then begins the next; there is none after the last epoch, and where
   *     {@link Training#patience} has come to its end; throws {@link DiffusionException} where a
   *     loss, a parameter or a moment of the optimiser is no longer finite, {@link
   *     IllegalStateException} after that and when the trainer is closed
   */
  @Override
  public Iterator<Epoch> iterator() {
    return new Epochs(loop);
  }

  /**
   * Writes a checkpoint now, as within an epoch: before a loop is left, say. Nothing is written
   * before the first step, and only by worker 0 where there are others, any of which may call this.
   *
   * @throws IllegalStateException if the run has no folder, is closed or has failed
   * @throws DiffusionException if a parameter is not finite, the file cannot be written, or the
   *     folder has been removed and become another run's
   */
  public void save() {
    loop.save();
  }

  /**
   * Ends the run, with the epoch of which steps have been made: there is no other epoch, now or
   * when it is resumed, since its checkpoint says so. For a program that decides by more than
   * {@link Training#patience}; all workers must. A run without a step begins anew when it is
   * started again.
   *
   * @throws IllegalStateException if the run is closed or has failed
   * @throws DiffusionException where {@link #save} or the end of an epoch throws it
   */
  public void end() {
    loop.end();
  }

  /**
   * Draws samples after each epoch from now on, in the run's folder: {@code epoch-0001.png} as a
   * grid, with the request's settings and the checkpoint's record, and {@code epoch-0001.gif} on
   * their way out of the noise. The last epoch is drawn now where it was not. This changes no
   * number of the run. Worker 0 draws where there are others, which wait for it at most their
   * {@linkplain Workers#timeout timeout}; any of them may call this.
   *
   * @param request what to sample; its first step is made now, so that a network that does not take
   *     it says so
   * @param grid how to lay them out; pixels are shown in [0, 1]
   * @throws IllegalArgumentException if the network does not take the request
   * @throws IllegalStateException if the run has no folder, is closed or has failed
   */
  public void drawEpochs(Sampling request, ImageGrid grid) {
    loop.draw(new EpochPictures(request, grid));
  }

  /**
   * The network as trained so far, with a copy of its parameters.
   *
   * @return the denoiser, which outlives this run; the caller closes it
   * @throws IllegalStateException if the run is closed or has failed
   */
  public TrainedDenoiser denoiser() {
    return loop.denoiser();
  }

  /** Frees the native memory, with what steps freed and the process kept. Twice is fine. */
  @Override
  public void close() {
    loop.close();
  }
}
