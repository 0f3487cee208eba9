package io.github.diffusion4j.onnx;

import io.github.diffusion4j.DiffusionException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** What a model's metadata says of it. */
final class Metadata {

  private Metadata() {}

  /** What the metadata says under a key. */
  static <T> T read(
      Path file, Map<String, String> metadata, String key, Function<String, T> parser) {
    String name = metadata.get(key);
    if (name == null) {
      throw new DiffusionException(
          file
              + ": expected metadata "
              + key
              + ", found only "
              + new TreeMap<>(metadata).keySet()
              + "; say it to the builder: OnnxDenoiser.builder(file)."
              + key.substring(key.indexOf('.') + 1)
              + "(…).open()");
    }
    try {
      return parser.apply(name);
    } catch (IllegalArgumentException e) {
      throw new DiffusionException(file + ": metadata " + key + ": " + e.getMessage(), e);
    }
  }
}
