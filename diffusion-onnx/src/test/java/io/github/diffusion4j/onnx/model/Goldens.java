package io.github.diffusion4j.onnx.model;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;

/** The numbers of other implementations and the models that they were made with. */
final class Goldens {

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .addModule(new Jdk8Module())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private Goldens() {}

  /** The folder that holds tiny-if, of the system property {@code models.dir} if set. */
  static Path models() {
    String folder = System.getProperty("models.dir");
    return folder == null ? resource("/tiny-if").getParent() : Path.of(folder);
  }

  /** The content of a file, which must have no fields but those of the type. */
  static <T> T read(String name, Class<T> type) {
    String folder = System.getProperty("goldens.dir");
    Path file = folder == null ? resource("/goldens/" + name) : Path.of(folder, name);
    try {
      return JSON.readValue(file.toFile(), type);
    } catch (IOException e) {
      throw new AssertionError(file + " cannot be read: " + e, e);
    }
  }

  static Path resource(String name) {
    try {
      return Path.of(Objects.requireNonNull(Goldens.class.getResource(name), name).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(name, e);
    }
  }
}
