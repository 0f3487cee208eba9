package io.github.diffusion4j.onnx.text;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.onnx.Provider;
import io.github.diffusion4j.onnx.internal.TextGraph;
import io.github.diffusion4j.onnx.internal.TextGraphs;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * A text encoder that is an ONNX file, run by ONNX Runtime, with its tokenizer.
 *
 * <p>What the graph takes is read from the graph: {@code input_ids}, and {@code attention_mask} if
 * it has that input, both {@code [batch, 77]} of int32 or int64. Its output {@code
 * last_hidden_state} is {@code [batch, 77, dim]} of float32 or float16; other outputs are left
 * aside.
 *
 * <p>Embeddings of the latest prompts are kept, at most 256 and at most 64 MiB, so that asking
 * again costs nothing.
 *
 * <p>Any number of threads may use one encoder and close it; prompts that are not kept are encoded
 * one after the other. Closing stops the run under way, which then throws {@link
 * IllegalStateException}, as does every later call.
 */
public final class TextEncoder implements PromptEmbeddings, AutoCloseable {

  private static final String FILE = "model.onnx";
  private static final int MOST_PROMPTS = 256;
  private static final long MOST_VALUES = 64L << 18;

  private final Tokenizer tokenizer;
  private final TextGraph graph;
  private final EmbeddingCache cache = new EmbeddingCache(MOST_PROMPTS, MOST_VALUES);
  private final Object run = new Object();

  private TextEncoder(Tokenizer tokenizer, TextGraph graph) {
    this.tokenizer = tokenizer;
    this.graph = graph;
  }

  /**
   * Opens an encoder on the processor.
   *
   * @param folder a component folder, such as {@code text_encoder}, with {@code model.onnx}
   * @param tokenizer its tokenizer, which from now on is the encoder's: it is closed with it, or at
   *     once if the encoder cannot be opened
   * @return the encoder
   * @throws DiffusionException if the file is missing or not the model of a text encoder, or ONNX
   *     Runtime does not start
   */
  public static TextEncoder open(Path folder, Tokenizer tokenizer) {
    return open(folder, tokenizer, Provider.cpu());
  }

  /**
   * Opens an encoder.
   *
   * @param folder a component folder, such as {@code text_encoder}, with {@code model.onnx}
   * @param tokenizer its tokenizer, which from now on is the encoder's: it is closed with it, or at
   *     once if the encoder cannot be opened
   * @param provider what to run on, with its fallbacks
   * @return the encoder
   * @throws DiffusionException if the file is missing or not the model of a text encoder, a
   *     provider without fallback cannot be used, or ONNX Runtime does not start
   */
  public static TextEncoder open(Path folder, Tokenizer tokenizer, Provider provider) {
    Objects.requireNonNull(folder, "folder");
    Objects.requireNonNull(tokenizer, "tokenizer");
    Objects.requireNonNull(provider, "provider");
    boolean done = false;
    try {
      TextGraph graph = TextGraphs.open(folder.resolve(FILE), Tokens.LENGTH, provider);
      TextEncoder encoder = new TextEncoder(tokenizer, graph);
      done = true;
      return encoder;
    } finally {
      if (!done) {
        tokenizer.close();
      }
    }
  }

  /**
   * The embeddings of a prompt.
   *
   * @param prompt a text, perhaps empty
   * @return {@code [1, 77, dim]}, finite
   * @throws NullPointerException if there is no prompt
   * @throws IllegalArgumentException if the tokenizer does not take the prompt
   * @throws IllegalStateException if the encoder is closed, or is closed before the run has ended
   * @throws DiffusionException if ONNX Runtime fails, or the output is not finite
   */
  @Override
  public Tensor of(String prompt) {
    Objects.requireNonNull(prompt, "prompt");
    graph.checkOpen();
    return cache.get(prompt).orElseGet(() -> run(prompt, tokenizer.tokenize(prompt)));
  }

  /** Threads that wait for the same prompt find it kept when their turn comes. */
  private Tensor run(String prompt, Tokens tokens) {
    synchronized (run) {
      graph.checkOpen();
      Optional<Tensor> known = cache.get(prompt);
      if (known.isPresent()) {
        return known.get();
      }
      Tensor made = graph.run(tokens.ids(), tokens.attentionMask());
      cache.put(prompt, made);
      return made;
    }
  }

  /**
   * Frees the model and the tokenizer. A run under way is stopped first; a second call does
   * nothing.
   *
   * @throws DiffusionException if ONNX Runtime fails
   */
  @Override
  public void close() {
    try {
      graph.close();
    } finally {
      tokenizer.close();
      cache.clear();
    }
  }

  /** The file, what it runs on, and the tokenizer. */
  @Override
  public String toString() {
    return "TextEncoder[" + graph + ", " + tokenizer + "]";
  }
}
