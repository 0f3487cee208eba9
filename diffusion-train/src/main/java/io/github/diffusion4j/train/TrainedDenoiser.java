package io.github.diffusion4j.train;

import io.github.diffusion4j.Denoiser;
import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.DiffusionModel;
import io.github.diffusion4j.Estimate;
import io.github.diffusion4j.NoiseSchedule;
import io.github.diffusion4j.PredictionType;
import io.github.diffusion4j.Query;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.internal.Checks;
import io.github.diffusion4j.internal.ModelMetadata;
import io.github.diffusion4j.train.data.Dataset;
import io.github.diffusion4j.train.export.OnnxExport;
import io.github.diffusion4j.train.net.Network;
import io.github.diffusion4j.train.parameters.Values;
import io.github.diffusion4j.train.torch.Engine;
import io.github.diffusion4j.train.torch.Threads;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * A trained network, run by LibTorch.
 *
 * <p>It runs on the run's device, or on the processor where there is no such device. Where the run
 * keeps a moving average of the parameters, that is the network. Safe for several threads, which
 * take turns. Once it is closed, whatever needs the network throws {@link IllegalStateException}.
 *
 * <p>A network with classes is told the class by the global {@code class}, one-hot {@code [1 or
 * batch, classes]}, one with text by the global {@code encoder_hidden_states}, {@code [1 or batch,
 * tokens, features]}, and what else there is by its name; zeros say that there is none.
 */
public final class TrainedDenoiser implements DiffusionModel {

  private final Network network;
  private final Map<String, String> record;
  private final List<String> classNames;
  private final Training training;
  private final Engine engine;
  private final Denoiser denoiser;
  private final int threads;
  private final Object turn = new Object();
  private boolean closed;

  private TrainedDenoiser(Checkpoint checkpoint, Engine engine, int threads) {
    this.network = checkpoint.network();
    this.record = checkpoint.metadata();
    this.classNames = checkpoint.classNames();
    this.training = checkpoint.training();
    this.engine = engine;
    this.denoiser = Denoiser.of(this::predict, prediction());
    this.threads = threads;
  }

  /** The network of a checkpoint, on this CUDA device if the run was on one. */
  static TrainedDenoiser of(Checkpoint checkpoint, int device, int threads) {
    Engine engine =
        Engine.predicting(
            checkpoint.network(),
            TrainingSettings.compute(checkpoint.training()).on(device).orProcessor(),
            checkpoint.sampled());
    return new TrainedDenoiser(checkpoint, engine, threads);
  }

  /**
   * The network of a checkpoint.
   *
   * @param checkpoint the file, or a run's folder, where it may be writing, for the last one
   * @return the denoiser
   * @throws DiffusionException if the file is not a checkpoint, or LibTorch cannot be loaded
   */
  public static TrainedDenoiser open(Path checkpoint) {
    return open(checkpoint, 0);
  }

  /**
   * The same on some threads: fewer may be faster on a machine that is busy with other work.
   *
   * @param checkpoint the file, or a run's folder
   * @param threads LibTorch's threads, in [1, 1024]; 0 leaves their number as it is
   * @return the denoiser
   * @throws IllegalArgumentException if the number is out of range
   */
  public static TrainedDenoiser open(Path checkpoint, int threads) {
    Checks.inRange(0, 1024, threads, "threads");
    return of(Checkpoints.open(checkpoint), 0, threads);
  }

  /**
   * The network of a run's best epoch: of the least loss on images that are held back.
   *
   * @param folder the run's folder, where it may be writing
   * @return the denoiser
   * @throws DiffusionException if nothing was held back, or that epoch's checkpoint is gone
   */
  public static TrainedDenoiser openBest(Path folder) {
    return openBest(folder, 0);
  }

  /**
   * The same on some threads.
   *
   * @param folder the run's folder
   * @param threads as {@link #open(Path, int)} takes them
   * @return the denoiser
   * @throws IllegalArgumentException if the number is out of range
   */
  public static TrainedDenoiser openBest(Path folder, int threads) {
    Checks.inRange(0, 1024, threads, "threads");
    return of(Checkpoints.best(folder), 0, threads);
  }

  @Override
  public NoiseSchedule schedule() {
    return training.objective().schedule();
  }

  @Override
  public PredictionType prediction() {
    return training.objective().prediction();
  }

  @Override
  public List<String> classNames() {
    return classNames;
  }

  @Override
  public Optional<Shape> imageShape(int batch) {
    List<Integer> each = network.inputs().get(0).shape(); // of the sample
    return Optional.of(Shape.images(batch, each.get(0), each.get(1), each.get(2)));
  }

  /**
   * The mean loss over images, which may be ones that were not trained on. Noise, positions and
   * dropped classes are drawn as in training, but from the run's seed and an image's place alone,
   * so two states of a run are asked the same. Images of an augmented set are taken as they are.
   *
   * @param data images of the network's shapes
   * @return the mean of the objective's loss
   * @throws IllegalArgumentException if the network does not take these images or classes
   */
  public double loss(Dataset data) {
    return Validation.of(network, training, data)
        .loss((batch, noiseSeeds) -> inTurn(() -> engine.loss(batch, noiseSeeds)));
  }

  /**
   * A new run that begins with these parameters instead of random ones: to train longer or at other
   * rates, or on other images (fine-tuning). Steps, rates and the optimiser's moments begin anew;
   * the run's checkpoints tell how this network was made as their {@code origin}.
   *
   * @param training the settings, in any precision and with any objective
   * @param data the images
   * @param folder as for {@link Trainer#start(Network, Training, Dataset, Path)}
   * @return the run, before its first step; this can be closed
   * @throws IllegalArgumentException as that method
   * @throws DiffusionException as that method
   */
  public Trainer train(Training training, Dataset data, Path folder) {
    return train(training, data, folder, Workers.alone());
  }

  /**
   * The same as one of several workers; the parameters that the run begins with are worker 0's.
   *
   * @param training the same on all workers, as data are
   * @param data the images
   * @param folder where worker 0 writes; the others leave it alone
   * @param workers the processes that train together
   * @return the run, before its first step; this can be closed
   * @throws IllegalArgumentException also if a batch has no image for one of the workers
   * @throws DiffusionException also if the workers do not meet or agree
   */
  public Trainer train(Training training, Dataset data, Path folder, Workers workers) {
    Objects.requireNonNull(folder, "folder");
    Initial initial = Initial.of(record, parameters());
    return new Trainer(Run.start(network, training, data, Optional.of(folder), workers, initial));
  }

  /**
   * The run of a folder that {@linkplain #train(Training, Dataset, Path) began with this network},
   * a new one where there is none, for a program that may be killed and started again.
   *
   * @param training the settings, the same at each start
   * @param data the images, the same at each start
   * @param folder as for {@link Trainer#start(Network, Training, Dataset, Path)}
   * @return the run, before its first step or where its last checkpoint was written
   * @throws IllegalArgumentException as {@link Trainer#start(Network, Training, Dataset, Path)}
   * @throws DiffusionException if the folder's run began with another network or has other
   *     settings, or as that method
   */
  public Trainer trainOrResume(Training training, Dataset data, Path folder) {
    return trainOrResume(training, data, folder, Workers.alone());
  }

  /**
   * The same as one of several workers; worker 0's folder says whether all start or resume.
   *
   * @param training the same on all workers, as data are
   * @param data the images
   * @param folder where worker 0 writes; the others leave it alone
   * @param workers the processes that train together
   * @return the run, before its first step or where its last checkpoint was written
   * @throws DiffusionException also if the workers do not meet or agree
   */
  public Trainer trainOrResume(Training training, Dataset data, Path folder, Workers workers) {
    Initial initial = Initial.of(record, parameters());
    return new Trainer(Run.startOrResume(network, training, data, folder, workers, initial));
  }

  private Map<String, Values> parameters() {
    return inTurn(engine::state);
  }

  /**
   * How the network was made, each entry under a key that begins with {@code diffusion4j.}: {@code
   * version} (of this library), {@code machine}, {@code format}, {@code network}, {@code training}
   * (settings and seed), {@code data} (name, size, hash, classes by name), {@code steps}, {@code
   * epochLosses}, {@code validationLosses}, {@code epochSteps} and {@code epochLossSum} (of an
   * epoch that has not ended), {@code ended} (by the program), {@code origin} (a list of the same
   * of the networks that the run began with, if its parameters were not random), {@code
   * prediction}, {@code schedule}.
   *
   * @return texts and JSON values by key
   */
  public Map<String, String> metadata() {
    Map<String, String> metadata = new TreeMap<>();
    record.forEach((key, value) -> metadata.put(OnnxExport.KEY_PREFIX + key, value));
    metadata.put(ModelMetadata.PREDICTION, prediction().toString());
    metadata.put(ModelMetadata.SCHEDULE, schedule().toString());
    return metadata;
  }

  /**
   * Writes the network as an ONNX model (operator set 17) whose answers are this denoiser's to
   * 1e-4, for any batch. Inputs are {@code sample}, and those of {@code timestep}, {@code class},
   * {@code encoder_hidden_states} and others that the network takes, each with the batch before its
   * shape; the output is {@code out_sample}; values are float32. It has {@link #metadata()}.
   *
   * @param file the model's file, replaced if it exists; it appears whole or not at all
   * @throws DiffusionException if it cannot be written
   */
  public void exportOnnx(Path file) {
    Objects.requireNonNull(file, "file");
    Map<String, Values> state = parameters();
    OnnxExport.write(
        network,
        name -> Objects.requireNonNull(state.get("model." + name), name).floats(),
        metadata(),
        file);
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if images or inputs are not of the network's shapes or names
   */
  @Override
  public List<Estimate> estimate(List<Query> queries) {
    inTurn(() -> closed); // says so before the queries are looked at
    queries.forEach(query -> NetworkInputs.check(network, query));
    return denoiser.estimate(queries);
  }

  private Tensor predict(Tensor x, double[] times, Map<String, Tensor> conditions) {
    Map<String, float[]> inputs = NetworkInputs.values(network, x, times, conditions);
    return Tensor.of(x.shape(), inTurn(() -> engine.predict(inputs, x.shape().batch())));
  }

  @Override
  public String toString() {
    return "TrainedDenoiser of " + network.settings() + " after " + record.get("steps") + " steps";
  }

  private <T> T inTurn(Supplier<T> work) {
    synchronized (turn) {
      if (closed) {
        throw new IllegalStateException("the denoiser is closed");
      }
      return Threads.with(threads, work);
    }
  }

  @Override
  public void close() {
    synchronized (turn) {
      if (!closed) {
        closed = true;
        engine.close();
      }
    }
  }
}
