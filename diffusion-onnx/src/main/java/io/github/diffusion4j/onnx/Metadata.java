package io.github.diffusion4j.onnx;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.internal.ModelMetadata;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** What a model's metadata says of it. */
final class Metadata {

  private static final ObjectMapper JSON = new ObjectMapper();

  private Metadata() {}

  /** The names of the classes in a model's data, if this library wrote them. */
  static List<String> classNames(Map<String, String> metadata) {
    List<String> names = new ArrayList<>();
    try {
      JsonNode data = JSON.readTree(metadata.getOrDefault(ModelMetadata.DATA, ""));
      JsonNode list = data.path(ModelMetadata.CLASS_NAMES);
      if (list.isArray()) {
        list.forEach(name -> names.add(name.asText()));
      }
    } catch (JsonProcessingException e) {
      return List.of(); // another library's entry
    }
    return List.copyOf(names);
  }

  /** What the metadata says under a key. */
  static <T> T read(
      Path file, Map<String, String> metadata, String key, Function<String, T> parser) {
    String name = metadata.get(key);
    String cure =
        "; say it to the builder: OnnxDenoiser.builder(file)."
            + key.substring(key.indexOf('.') + 1)
            + "(…).open()";
    if (name == null) {
      throw new DiffusionException(
          file
              + ": expected metadata "
              + key
              + ", found only "
              + new TreeMap<>(metadata).keySet()
              + cure);
    }
    try {
      return parser.apply(name);
    } catch (IllegalArgumentException e) {
      throw new DiffusionException(file + ": metadata " + key + ": " + e.getMessage() + cure, e);
    }
  }
}
