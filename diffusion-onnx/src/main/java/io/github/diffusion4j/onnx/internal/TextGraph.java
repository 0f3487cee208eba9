package io.github.diffusion4j.onnx.internal;

import io.github.diffusion4j.Tensor;

/**
 * The graph of a text encoder, loaded. Any number of threads may run it and close it.
 *
 * <p>An interface of the internal package because the package of the tokenizers runs graphs, and
 * the classes that do so are package-private beside {@code OnnxDenoiser}.
 */
public interface TextGraph extends AutoCloseable {

  /**
   * Runs the graph for one prompt.
   *
   * @param ids the tokens
   * @param mask 1 for each token of the prompt, 0 for padding; as many as there are tokens
   * @return the embeddings {@code [1, tokens, dim]}
   * @throws IllegalStateException if the graph is closed, or is closed before the run has ended
   * @throws io.github.diffusion4j.DiffusionException if ONNX Runtime fails, or the output is not
   *     one finite vector for each token
   */
  Tensor run(int[] ids, int[] mask);

  /**
   * Checks that the graph may be run.
   *
   * @throws IllegalStateException if it is closed
   */
  void checkOpen();

  /** Frees the graph. A run under way is stopped first; a second call does nothing. */
  @Override
  void close();
}
