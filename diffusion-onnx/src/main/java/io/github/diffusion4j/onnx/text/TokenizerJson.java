package io.github.diffusion4j.onnx.text;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.diffusion4j.DiffusionException;
import java.nio.file.Path;

/**
 * A tokenizer in the form of {@code tokenizer.json}, checked as far as the native library ends the
 * process rather than saying what is wrong.
 *
 * @param path where it was read, for messages
 * @param text the file
 * @param root what it says
 */
record TokenizerJson(Path path, String text, JsonNode root) {

  /**
   * Reads a file.
   *
   * @throws DiffusionException if it is missing or damaged
   */
  static TokenizerJson read(Path file) {
    String text = JsonFile.text(file);
    TokenizerJson made = new TokenizerJson(file, text, JsonFile.parse(file, text));
    made.check();
    return made;
  }

  private JsonNode vocabulary() {
    return root.path("model").path("vocab");
  }

  /** Whether the model is a list of pieces with their probabilities; else it merges pairs. */
  boolean isUnigram() {
    return vocabulary().isArray();
  }

  private void check() {
    JsonNode model = root.path("model");
    String type = model.path("type").asText(isUnigram() ? "Unigram" : "BPE");
    if (type.equals("Unigram") && isUnigram()) {
      checkPieces(model);
    } else if (!type.equals("BPE") || !vocabulary().isObject() || !model.path("merges").isArray()) {
      throw wrong(
          "a model of type Unigram with a list vocab, or BPE with an object vocab and a list merges",
          "a model of type " + type + " with a vocab that is " + vocabulary().getNodeType());
    }
    Charsmap.check(this, root.path("normalizer"));
  }

  private void checkPieces(JsonNode model) {
    int index = 0;
    for (JsonNode piece : vocabulary()) {
      if (piece.size() != 2
          || !piece.path(0).isTextual()
          || !piece.path(1).isNumber()
          || !Double.isFinite(piece.path(1).asDouble())) {
        throw wrong("piece " + index + " of vocab to be [text, number]", piece.toString());
      }
      index++;
    }
    JsonNode unknown = model.path("unk_id");
    if (!unknown.isInt() || unknown.asInt() < 0 || unknown.asInt() >= index) {
      throw wrong(
          "unk_id in [0, " + index + ")", unknown.isMissingNode() ? "none" : unknown.toString());
    }
  }

  /**
   * The number of a token.
   *
   * @throws DiffusionException if there is no such token
   */
  int id(String token) {
    for (JsonNode added : root.path("added_tokens")) {
      if (added.path("content").asText().equals(token)) {
        return id(token, added.path("id"));
      }
    }
    if (!isUnigram()) {
      return id(token, vocabulary().path(token));
    }
    int index = 0;
    for (JsonNode piece : vocabulary()) {
      if (piece.path(0).asText().equals(token)) {
        return index;
      }
      index++;
    }
    throw wrong("token " + token, "none of this name");
  }

  private int id(String token, JsonNode id) {
    if (!id.isInt() || id.asInt() < 0) {
      throw wrong(
          "token " + token + " with a number of at least 0",
          id.isMissingNode() ? "none of this name" : id.toString());
    }
    return id.asInt();
  }

  DiffusionException wrong(String expected, String found) {
    return new DiffusionException(path + ": expected " + expected + ", found " + found);
  }
}
