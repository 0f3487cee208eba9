package io.github.diffusion4j.onnx.text;

import io.github.diffusion4j.DiffusionException;
import java.nio.file.Path;

/**
 * Cuts a prompt into the tokens that a text encoder was trained with.
 *
 * <p>The tokenizers made here read the files of Hugging Face's tokenizers and give the same tokens.
 * They never connect to anything. They may be used and closed by any number of threads: closing
 * waits for the prompts under way and frees native memory, and every later prompt gives an {@link
 * IllegalStateException}.
 *
 * <p>Their native library is for Linux x64 and arm64 with glibc 2.34 or newer, macOS arm64 and
 * Windows x64. Elsewhere, {@link PromptEmbeddings#read} takes embeddings that were made before.
 */
@FunctionalInterface
public interface Tokenizer extends AutoCloseable {

  /**
   * Cuts a prompt. What is beyond the {@value Tokens#LENGTH} tokens of the encoder is left out; the
   * tokenizers made here then log one warning for each such prompt.
   *
   * @param prompt a text, perhaps empty; unpaired surrogates count as U+FFFD
   * @return its tokens
   * @throws NullPointerException if there is no prompt
   * @throws IllegalArgumentException if the prompt has more than 2,097,152 characters
   * @throws IllegalStateException if the tokenizer is closed
   * @throws DiffusionException if the tokenizer's file does not say how to cut this prompt
   */
  Tokens tokenize(String prompt);

  /** Frees what the tokenizer holds; nothing by default. A second call does nothing. */
  @Override
  default void close() {}

  /**
   * This on prompts in lower case and without surrounding blanks.
   *
   * <p>DeepFloyd IF was trained on such prompts, and diffusers' {@code IFPipeline} makes them so
   * ({@code text.lower().strip()}) before it tokenizes them. Other models with a T5 encoder tell
   * upper case from lower case. CLIP's tokenizers lower the case themselves.
   *
   * @return a tokenizer that cleans prompts, and that closes this one
   */
  default Tokenizer lowerCase() {
    Tokenizer plain = this;
    return new Tokenizer() {
      @Override
      public Tokens tokenize(String prompt) {
        return plain.tokenize(Prompts.clean(prompt));
      }

      @Override
      public void close() {
        plain.close();
      }

      @Override
      public String toString() {
        return plain + ".lowerCase()";
      }
    };
  }

  /**
   * Opens the tokenizer in a folder, whichever it is: T5's or CLIP's, as {@code
   * tokenizer_config.json} says in {@code tokenizer_class}, or else as {@code tokenizer.json} says
   * by the type of its model.
   *
   * @param folder a component folder, such as {@code tokenizer}
   * @return the tokenizer
   * @throws DiffusionException if there is neither, a file is missing or damaged, or there is no
   *     native library for this machine
   */
  static Tokenizer open(Path folder) {
    return TokenizerFolder.isClip(folder) ? clip(folder) : t5(folder);
  }

  /**
   * Opens T5's tokenizer: the prompt's tokens, {@code </s>}, then {@code <pad>}.
   *
   * @param folder a folder with {@code tokenizer.json}, and perhaps {@code tokenizer_config.json};
   *     a {@code spiece.model} alone does not do
   * @return the tokenizer
   * @throws DiffusionException if a file is missing or damaged, or there is no native library for
   *     this machine
   */
  static Tokenizer t5(Path folder) {
    return NativeTokenizer.open(TokenizerFolder.t5(folder));
  }

  /**
   * Opens CLIP's tokenizer: {@code <|startoftext|>}, the prompt's tokens, {@code <|endoftext|>},
   * then the padding that {@code tokenizer_config.json} names.
   *
   * @param folder a folder with {@code tokenizer.json}, or with {@code vocab.json} and {@code
   *     merges.txt}; and perhaps {@code tokenizer_config.json}
   * @return the tokenizer
   * @throws DiffusionException if a file is missing or damaged, or there is no native library for
   *     this machine
   */
  static Tokenizer clip(Path folder) {
    return NativeTokenizer.open(TokenizerFolder.clip(folder));
  }
}
