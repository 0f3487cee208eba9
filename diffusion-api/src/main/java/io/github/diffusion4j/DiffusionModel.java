package io.github.diffusion4j;

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
   * Frees the network.
   *
   * @throws DiffusionException if the engine fails
   */
  @Override
  void close();
}
