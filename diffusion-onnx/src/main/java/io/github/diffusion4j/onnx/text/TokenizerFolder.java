package io.github.diffusion4j.onnx.text;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.diffusion4j.DiffusionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** Reads the folders that Hugging Face's libraries keep a tokenizer in. */
final class TokenizerFolder {

  private static final String WHOLE = "tokenizer.json";
  private static final String CONFIG = "tokenizer_config.json";
  private static final String VOCABULARY = "vocab.json";
  private static final String MERGES = "merges.txt";
  private static final String SENTENCEPIECE = "spiece.model";

  private TokenizerFolder() {}

  /**
   * Whether a folder's tokenizer is CLIP's rather than T5's.
   *
   * @throws DiffusionException if it is neither
   */
  static boolean isClip(Path folder) {
    String name = JsonFile.readIfThere(folder.resolve(CONFIG)).path("tokenizer_class").asText("");
    if (name.startsWith("CLIP") || name.startsWith("T5")) {
      return name.startsWith("CLIP");
    }
    if (has(folder, WHOLE)) {
      return !TokenizerJson.read(folder.resolve(WHOLE)).isUnigram();
    }
    if (has(folder, VOCABULARY) && has(folder, MERGES)) {
      return true;
    }
    throw missing(folder, WHOLE + ", or " + VOCABULARY + " and " + MERGES);
  }

  /** T5's tokenizer. */
  static TokenizerDefinition t5(Path folder) {
    if (!has(folder, WHOLE)) {
      throw missing(folder, WHOLE);
    }
    TokenizerJson file = TokenizerJson.read(folder.resolve(WHOLE));
    if (!file.isUnigram()) {
      throw file.wrong("a model of type Unigram, which T5's is", "one of type BPE");
    }
    JsonNode config = JsonFile.readIfThere(folder.resolve(CONFIG));
    int end = file.id(special(config, "eos_token", "</s>"));
    int padding = file.id(special(config, "pad_token", "<pad>"));
    return new TokenizerDefinition(file.path(), file.text(), OptionalInt.empty(), end, padding);
  }

  /** CLIP's tokenizer. */
  static TokenizerDefinition clip(Path folder) {
    TokenizerJson file;
    if (has(folder, WHOLE)) {
      file = TokenizerJson.read(folder.resolve(WHOLE));
    } else if (has(folder, VOCABULARY) && has(folder, MERGES)) {
      file = ClipFiles.read(folder.resolve(VOCABULARY), folder.resolve(MERGES));
    } else {
      throw missing(folder, WHOLE + ", or " + VOCABULARY + " and " + MERGES);
    }
    if (file.isUnigram()) {
      throw file.wrong("a model of type BPE, which CLIP's is", "one of type Unigram");
    }
    JsonNode config = JsonFile.readIfThere(folder.resolve(CONFIG));
    int start = file.id(special(config, "bos_token", ClipFiles.START));
    int end = file.id(special(config, "eos_token", ClipFiles.END));
    int padding = file.id(special(config, "pad_token", ClipFiles.END));
    return new TokenizerDefinition(file.path(), file.text(), OptionalInt.of(start), end, padding);
  }

  /** The text of a special token, which is written as such or as an object with its content. */
  private static String special(JsonNode config, String role, String otherwise) {
    JsonNode token = config.path(role);
    return (token.isObject() ? token.path("content") : token).asText(otherwise);
  }

  private static boolean has(Path folder, String name) {
    return Files.exists(folder.resolve(name));
  }

  private static DiffusionException missing(Path folder, String expected) {
    if (!Files.isDirectory(folder)) {
      return new DiffusionException(
          folder
              + ": expected the folder of a tokenizer, found "
              + (Files.exists(folder) ? "a file" : "no such folder"));
    }
    if (has(folder, SENTENCEPIECE)) {
      return new DiffusionException(
          folder
              + ": expected "
              + expected
              + ", found only "
              + SENTENCEPIECE
              + "; the export tool in docs/export writes "
              + WHOLE);
    }
    try (Stream<Path> files = Files.list(folder)) {
      List<String> names = files.map(file -> file.getFileName().toString()).sorted().toList();
      return new DiffusionException(
          folder + ": expected " + expected + ", found " + (names.isEmpty() ? "no files" : names));
    } catch (IOException e) {
      return new DiffusionException(folder + ": cannot be read: " + e, e);
    }
  }
}
