package io.github.diffusion4j.onnx.text;

import io.github.diffusion4j.Tensor;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** Embeddings of the prompts of a file. */
record StoredEmbeddings(Path file, Map<String, Tensor> embeddings) implements PromptEmbeddings {

  private static final int MOST_NAMED = 20;

  @Override
  public Tensor of(String prompt) {
    Tensor found = embeddings.get(Objects.requireNonNull(prompt, "prompt"));
    if (found == null) {
      throw new IllegalArgumentException(
          file
              + " has no embeddings for prompt "
              + Prompts.quote(prompt)
              + ", only for "
              + known());
    }
    return found;
  }

  private String known() {
    String first =
        embeddings.keySet().stream()
            .sorted()
            .limit(MOST_NAMED)
            .map(Prompts::quote)
            .collect(Collectors.joining(", "));
    int more = embeddings.size() - MOST_NAMED;
    return more > 0 ? first + " and " + more + " more" : first;
  }

  /** The file and how many prompts it has. */
  @Override
  public String toString() {
    return "PromptEmbeddings[" + file + ", " + embeddings.size() + " prompts]";
  }
}
