package io.github.diffusion4j.onnx.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.diffusion4j.DiffusionException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * CLIP's tokenizer in the two files of its first release, {@code vocab.json} and {@code
 * merges.txt}.
 */
final class ClipFiles {

  static final String START = "<|startoftext|>";
  static final String END = "<|endoftext|>";

  /** How the text is cut into what is merged: words, digits, and runs of anything else. */
  private static final String WORDS =
      "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d"
          + "|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";

  private ClipFiles() {}

  /**
   * Reads both files and says the same in the form of {@code tokenizer.json}.
   *
   * @throws DiffusionException if one is damaged
   */
  static TokenizerJson read(Path vocabulary, Path merges) {
    JsonNode tokens = JsonFile.parse(vocabulary, JsonFile.text(vocabulary));
    for (Map.Entry<String, JsonNode> token : tokens.properties()) {
      if (!token.getValue().isInt() || token.getValue().asInt() < 0) {
        throw new DiffusionException(
            vocabulary
                + ": expected token "
                + token.getKey()
                + " with a number of at least 0, found "
                + token.getValue());
      }
    }
    ObjectNode root = JsonFile.JSON.createObjectNode();
    root.put("version", "1.0");
    ArrayNode added = root.putArray("added_tokens");
    for (String token : List.of(START, END)) {
      if (!tokens.has(token)) {
        throw new DiffusionException(
            vocabulary + ": expected token " + token + ", found none of this name");
      }
      added
          .addObject()
          .put("id", tokens.get(token).asInt())
          .put("content", token)
          .put("single_word", false)
          .put("lstrip", false)
          .put("rstrip", false)
          .put("normalized", token.equals(START))
          .put("special", true);
    }
    normalizer(root.putObject("normalizer"));
    cutter(root.putObject("pre_tokenizer"));
    ObjectNode model = root.putObject("model");
    model.put("type", "BPE").put("unk_token", END);
    model.put("continuing_subword_prefix", "").put("end_of_word_suffix", "</w>");
    model.set("vocab", tokens);
    model.set("merges", merges(merges, tokens));
    return new TokenizerJson(vocabulary, root.toString(), root);
  }

  private static void normalizer(ObjectNode normalizer) {
    ArrayNode steps = normalizer.put("type", "Sequence").putArray("normalizers");
    steps.addObject().put("type", "NFC");
    ObjectNode blanks = steps.addObject().put("type", "Replace").put("content", " ");
    blanks.putObject("pattern").put("Regex", "\\s+");
    steps.addObject().put("type", "Lowercase");
  }

  private static void cutter(ObjectNode cutter) {
    ArrayNode steps = cutter.put("type", "Sequence").putArray("pretokenizers");
    ObjectNode words = steps.addObject().put("type", "Split").put("behavior", "Removed");
    words.put("invert", true).putObject("pattern").put("Regex", WORDS);
    steps
        .addObject()
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", true)
        .put("use_regex", true);
  }

  private static ArrayNode merges(Path file, JsonNode tokens) {
    ArrayNode merges = JsonFile.JSON.createArrayNode();
    List<String> lines = JsonFile.text(file).lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if ((i == 0 && line.startsWith("#version")) || line.isEmpty()) {
        continue;
      }
      String[] parts = line.split(" ", -1);
      if (parts.length != 2
          || !tokens.has(parts[0])
          || !tokens.has(parts[1])
          || !tokens.has(parts[0] + parts[1])) {
        throw new DiffusionException(
            file
                + ": expected two tokens of the vocabulary that make a third in line "
                + (i + 1)
                + ", found "
                + Prompts.quote(line));
      }
      merges.add(line);
    }
    if (merges.isEmpty()) {
      throw new DiffusionException(file + ": expected lines of two tokens, found none");
    }
    return merges;
  }
}
