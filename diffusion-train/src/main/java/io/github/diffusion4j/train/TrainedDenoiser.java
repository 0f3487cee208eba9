package io.github.diffusion4j.train;

import io.github.diffusion4j.Denoiser;
import io.github.diffusion4j.Estimate;
import io.github.diffusion4j.NoiseSchedule;
import io.github.diffusion4j.Query;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.train.net.Input;
import io.github.diffusion4j.train.torch.Engine;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A trained network, run by LibTorch.
 *
 * <p>Safe for several threads, which take turns. Closing frees the native memory.
 */
public final class TrainedDenoiser implements Denoiser, AutoCloseable {

  private final Checkpoint checkpoint;
  private final Engine engine;
  private final Denoiser denoiser;
  private boolean closed;

  private TrainedDenoiser(Checkpoint checkpoint, Engine engine) {
    this.checkpoint = checkpoint;
    this.engine = engine;
    this.denoiser = Denoiser.of(this::predict, checkpoint.training().prediction());
  }

  static TrainedDenoiser of(Checkpoint checkpoint) {
    Training training = checkpoint.training();
    Engine engine = Engine.create(checkpoint.network(), training.isDouble(), training.seed());
    try {
      engine.restore(checkpoint.tensors(), checkpoint.steps());
      return new TrainedDenoiser(checkpoint, engine);
    } catch (RuntimeException e) {
      engine.close();
      throw e;
    }
  }

  /**
   * The network of a checkpoint.
   *
   * @param checkpoint the file, or a run's folder for its last one
   * @return the denoiser
   * @throws io.github.diffusion4j.DiffusionException if the file is not a checkpoint
   */
  public static TrainedDenoiser open(Path checkpoint) {
    return of(Checkpoint.read(RunFolder.checkpoint(checkpoint)));
  }

  /** The noise schedule that the network was trained with. */
  public NoiseSchedule schedule() {
    return checkpoint.training().schedule();
  }

  @Override
  public List<Estimate> estimate(List<Query> queries) {
    return denoiser.estimate(queries);
  }

  private synchronized Tensor predict(Tensor x, double[] times, Map<String, Tensor> conditions) {
    if (closed) {
      throw new IllegalStateException("the denoiser is closed");
    }
    Map<String, float[]> inputs = new TreeMap<>();
    for (Input input : checkpoint.network().inputs()) {
      inputs.put(
          input.name(),
          switch (input.name()) {
            case Input.SAMPLE -> x.toArray();
            case Input.TIME -> floats(times);
            default -> conditions.get(input.name()).toArray();
          });
    }
    return Tensor.of(x.shape(), engine.predict(inputs, x.shape().batch()));
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  /** Frees the native memory, after a run in flight. Closing twice is fine. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      engine.close();
    }
  }
}
