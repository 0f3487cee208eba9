package io.github.diffusion4j.onnx.text;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.Tensor;
import java.nio.file.Path;

/** What a network is told for a prompt: a vector for each token, by an encoder or from a file. */
@FunctionalInterface
public interface PromptEmbeddings {

  /**
   * The embeddings of a prompt.
   *
   * @param prompt a text, perhaps empty
   * @return {@code [1, 77, dim]}
   * @throws NullPointerException if there is no prompt
   * @throws IllegalArgumentException if there are no embeddings for this prompt
   * @throws IllegalStateException if what makes them is closed
   * @throws DiffusionException if they cannot be made
   */
  Tensor of(String prompt);

  /**
   * Reads embeddings that were made before, for machines that an encoder is too large for.
   *
   * <p>The file is a safetensors file. Each tensor's name is a prompt, which is looked up as it is,
   * and its values are of type F16, BF16 or F32 and of shape {@code [77, dim]} or {@code [1, 77,
   * dim]}, with one dim for all. All are held in memory as float32. The embeddings may be used by
   * any number of threads.
   *
   * @param file a safetensors file
   * @return the embeddings; {@link IllegalArgumentException} for a prompt that is not in the file
   * @throws DiffusionException if the file is missing or damaged, or holds something else
   */
  static PromptEmbeddings read(Path file) {
    return new StoredEmbeddings(file, EmbeddingsFile.read(file));
  }
}
