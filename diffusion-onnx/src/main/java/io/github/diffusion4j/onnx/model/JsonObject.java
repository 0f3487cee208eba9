package io.github.diffusion4j.onnx.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.diffusion4j.DiffusionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** A JSON file that is one object. */
final class JsonObject {

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();
  private static final long LARGEST = 10_000_000;

  private final Path file;
  private final JsonNode root;

  private JsonObject(Path file, JsonNode root) {
    this.file = file;
    this.root = root;
  }

  static JsonObject read(Path file) {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new DiffusionException(file + ": expected a JSON file, found no regular file");
    }
    try {
      if (Files.size(file) > LARGEST) {
        throw new DiffusionException(
            file + ": expected JSON of at most 10 MB, found " + Files.size(file) + " bytes");
      }
      JsonNode root = JSON.readTree(Files.readString(file));
      if (!root.isObject()) {
        throw new DiffusionException(
            file + ": expected a JSON object, found " + root.getNodeType());
      }
      return new JsonObject(file, root);
    } catch (NoSuchFileException e) {
      throw new DiffusionException(file + ": expected a JSON file, found no such file", e);
    } catch (JsonProcessingException e) {
      throw new DiffusionException(
          file + ": expected JSON, found " + e.getOriginalMessage() + " at " + place(e), e);
    } catch (IOException e) {
      throw new DiffusionException(file + ": cannot be read: " + e, e);
    }
  }

  private static String place(JsonProcessingException e) {
    return Optional.ofNullable(e.getLocation())
        .map(at -> "line " + at.getLineNr() + ", column " + at.getColumnNr())
        .orElse("an unknown place");
  }

  Path file() {
    return file;
  }

  /** All fields, as plain values. */
  Map<String, Object> fields() {
    return JSON.convertValue(root, new TypeReference<Map<String, Object>>() {});
  }

  JsonNode get(String name) {
    return root.path(name);
  }

  private boolean isAbsent(String name) {
    JsonNode found = get(name);
    return found.isMissingNode() || found.isNull();
  }

  String text(String name, String otherwise) {
    return isAbsent(name) ? otherwise : checked(name, "a text", get(name).isTextual()).asText();
  }

  String text(String name) {
    return checked(name, "a text", get(name).isTextual()).asText();
  }

  double number(String name, double otherwise) {
    return isAbsent(name) ? otherwise : checked(name, "a number", get(name).isNumber()).asDouble();
  }

  int whole(String name, int otherwise) {
    return isAbsent(name) ? otherwise : whole(name);
  }

  int whole(String name) {
    JsonNode found = get(name);
    boolean ok = found.isIntegralNumber() && found.canConvertToInt();
    return checked(name, "a whole number", ok).asInt();
  }

  boolean flag(String name, boolean otherwise) {
    return isAbsent(name)
        ? otherwise
        : checked(name, "true or false", get(name).isBoolean()).asBoolean();
  }

  private JsonNode checked(String name, String expected, boolean ok) {
    JsonNode found = get(name);
    if (!ok) {
      throw wrong(name, expected, found.isMissingNode() ? "nothing" : found.toString());
    }
    return found;
  }

  DiffusionException wrong(String name, String expected, String found) {
    return new DiffusionException(
        file + ": expected field " + name + " to be " + expected + ", found " + found);
  }
}
