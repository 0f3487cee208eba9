package io.github.diffusion4j;

import java.util.List;

/**
 * A network that says what noisy images are made of.
 *
 * <p>Denoisers may be used by several threads at once.
 */
@FunctionalInterface
public interface Denoiser {

  /**
   * Answers all questions of a step at once, so that a network can run them as one batch.
   *
   * @param queries at least one question
   * @return one estimate for each, in their order
   * @throws IllegalArgumentException if the network does not take images or inputs of these shapes
   *     or names
   * @throws IllegalStateException if the network was closed
   * @throws DiffusionException if the network fails
   */
  List<Estimate> estimate(List<Query> queries);

  /**
   * Answers all questions of a step at once, unless it is stopped.
   *
   * @param queries at least one question
   * @param cancellation stops it; a denoiser that cannot stop looks at it before it begins
   * @return one estimate for each, in their order
   * @throws CancelledException if it was stopped
   * @throws IllegalArgumentException if the network does not take images or inputs of these shapes
   *     or names
   * @throws IllegalStateException if the network was closed
   * @throws DiffusionException if the network fails
   */
  default List<Estimate> estimate(List<Query> queries, Cancellation cancellation) {
    cancellation.check();
    return estimate(queries);
  }

  /**
   * Answers one question.
   *
   * @param query the question
   * @return the estimate
   * @throws IllegalArgumentException if the network does not take images or inputs of these shapes
   *     or names
   * @throws IllegalStateException if the network was closed
   * @throws DiffusionException if the network fails
   */
  default Estimate estimate(Query query) {
    return estimate(List.of(query)).get(0);
  }

  /**
   * The denoiser of a network that only predicts: questions with images of one size are joined to
   * one batch, predictions are split by their type.
   *
   * @param network runs the network; safe for several threads
   * @param type what it predicts
   * @return the denoiser
   */
  static Denoiser of(Predictor network, PredictionType type) {
    return new PredictorDenoiser(network, type);
  }
}
