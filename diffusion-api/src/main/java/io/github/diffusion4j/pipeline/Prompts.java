package io.github.diffusion4j.pipeline;

import io.github.diffusion4j.Conditioning;

/**
 * How a network is told a prompt: the embedding of a text, the one-hot vector of a class.
 *
 * <p>Safe for several threads.
 *
 * @param <P> what a prompt is
 */
@FunctionalInterface
public interface Prompts<P> {

  /**
   * What the network is told.
   *
   * @param prompt the prompt
   * @return the conditioning, for one image
   * @throws IllegalArgumentException if there is no such prompt
   */
  Conditioning of(P prompt);
}
