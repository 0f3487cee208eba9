package io.github.diffusion4j.onnx.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.github.diffusion4j.DiffusionException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** JSON objects in files. */
final class JsonFile {

  static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private JsonFile() {}

  /**
   * The text of a file.
   *
   * @throws DiffusionException if it cannot be read or is not UTF-8
   */
  static String text(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new DiffusionException(
          file
              + ": expected a text file, found "
              + (Files.exists(file) ? "a folder" : "no such file"));
    }
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw new DiffusionException(file + ": expected UTF-8, found other bytes: " + e, e);
    } catch (IOException e) {
      throw new DiffusionException(file + ": cannot be read: " + e, e);
    }
  }

  /**
   * The JSON object in a text.
   *
   * @throws DiffusionException if there is none
   */
  static JsonNode parse(Path file, String text) {
    JsonNode root;
    try {
      root = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new DiffusionException(
          file
              + ": expected a JSON object, found "
              + text.length()
              + " characters that are none: "
              + e.getOriginalMessage(),
          e);
    }
    if (!root.isObject()) {
      throw new DiffusionException(
          file
              + ": expected a JSON object, found "
              + (text.isBlank() ? "nothing" : root.getNodeType()));
    }
    return root;
  }

  /** The JSON object in a file, or a missing node if there is no file. */
  static JsonNode readIfThere(Path file) {
    return Files.exists(file) ? parse(file, text(file)) : MissingNode.getInstance();
  }
}
