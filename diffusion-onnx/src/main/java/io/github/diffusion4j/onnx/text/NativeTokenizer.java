package io.github.diffusion4j.onnx.text;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.internal.Checks;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A tokenizer of Hugging Face's library, called through the native methods of DJL.
 *
 * <p>Not through DJL's {@code HuggingFaceTokenizer}, which on opening asks for the cloud machine
 * that it runs on and reports it, and which makes several objects for each token.
 *
 * <p>The library adds no tokens, pads nothing and cuts nothing here: what its files say of that
 * differs from what the pipelines do.
 */
final class NativeTokenizer implements Tokenizer {

  private static final Logger LOG = LoggerFactory.getLogger(Tokenizer.class);

  /** The library takes up to 700 bytes for each character, and ends the process without them. */
  private static final int LONGEST = 1 << 21;

  private static final int MOST_WARNED = 1000;

  private final TokenizerDefinition definition;
  private final long handle;
  private final ReadWriteLock gate = new ReentrantReadWriteLock();
  private boolean closed;

  /** Hashes of the prompts that were cut, so that no prompt is warned of twice. */
  private final Set<Long> warned =
      Collections.synchronizedSet(
          Collections.newSetFromMap(
              new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Long, Boolean> eldest) {
                  return size() > MOST_WARNED;
                }
              }));

  private NativeTokenizer(TokenizerDefinition definition, long handle) {
    this.definition = definition;
    this.handle = handle;
  }

  /**
   * Loads a tokenizer.
   *
   * @throws DiffusionException if the library does not start or does not take the definition
   */
  static NativeTokenizer open(TokenizerDefinition definition) {
    TokenizerLibrary.load();
    try {
      long handle = TokenizersLibrary.LIB.createTokenizerFromString(definition.json());
      TokenizersLibrary.LIB.disableTruncation(handle);
      TokenizersLibrary.LIB.disablePadding(handle);
      return new NativeTokenizer(definition, handle);
    } catch (RuntimeException e) {
      throw new DiffusionException(
          definition.file()
              + ": expected a tokenizer, found one that the tokenizers library does not load: "
              + e.getMessage(),
          e);
    }
  }

  @Override
  public Tokens tokenize(String prompt) {
    Objects.requireNonNull(prompt, "prompt");
    Checks.require(
        prompt.length() <= LONGEST,
        () -> "a prompt has at most " + LONGEST + " characters, got " + prompt.length());
    long[] content = encode(prompt);
    int extra = definition.start().isPresent() ? 2 : 1;
    int kept = Math.min(content.length, Tokens.LENGTH - extra);
    if (kept < content.length && warned.add(31L * prompt.hashCode() + prompt.length())) {
      LOG.warn(
          "a prompt has {} tokens, of which an encoder takes {}; the rest is left out: {}",
          content.length,
          kept,
          Prompts.quote(prompt));
    }
    int[] ids = new int[kept + extra];
    definition.start().ifPresent(start -> ids[0] = start);
    for (int i = 0; i < kept; i++) {
      ids[extra - 1 + i] = Math.toIntExact(content[i]);
    }
    ids[ids.length - 1] = definition.end();
    return Tokens.padded(definition.padding(), ids);
  }

  private long[] encode(String prompt) {
    gate.readLock().lock();
    try {
      if (closed) {
        throw new IllegalStateException(definition.file() + " is closed");
      }
      long encoding = TokenizersLibrary.LIB.encode(handle, Prompts.wellFormed(prompt), false);
      try {
        return TokenizersLibrary.LIB.getTokenIds(encoding);
      } finally {
        TokenizersLibrary.LIB.deleteEncoding(encoding);
      }
    } catch (IllegalStateException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new DiffusionException(
          definition.file()
              + ": expected to tokenize any prompt, found none for "
              + Prompts.quote(prompt)
              + ": "
              + e.getMessage(),
          e);
    } finally {
      gate.readLock().unlock();
    }
  }

  @Override
  public void close() {
    gate.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        TokenizersLibrary.LIB.deleteTokenizer(handle);
      }
    } finally {
      gate.writeLock().unlock();
    }
  }

  /** The file. */
  @Override
  public String toString() {
    return "Tokenizer[" + definition.file() + "]";
  }
}
