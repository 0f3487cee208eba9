package io.github.diffusion4j;

import java.util.List;

/**
 * A denoiser that knows how it was trained.
 *
 * <p>Safe for several threads. Closing frees its memory; closing twice is fine, and every later use
 * throws {@link IllegalStateException}.
 */
public interface DiffusionModel extends Denoiser, AutoCloseable {

  /** The noise schedule that the network was trained with. */
  NoiseSchedule schedule();

  /** What the network predicts. */
  PredictionType prediction();

  /**
   * The names of the classes that it was trained on, by label: {@code
   * Conditioning.none().global("class", Tensor.oneHot(names.size(), names.indexOf("circle")))} asks
   * for one.
   *
   * @return as many as there are classes; empty where the model does not tell them
   */
  default List<String> classNames() {
    return List.of();
  }

  /**
   * Frees the network.
   *
   * @throws DiffusionException if the engine fails
   */
  @Override
  void close();
}
