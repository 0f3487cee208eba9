package io.github.diffusion4j;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** Files of numbers that other implementations gave, from the folder {@code goldens.dir} if set. */
final class Goldens {

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .build();

  private Goldens() {}

  /** The content of a file of our own tests, wherever the goldens are. */
  static <T> T own(String name, Class<T> type) {
    try (InputStream in =
        Objects.requireNonNull(Goldens.class.getResourceAsStream("/" + name), name)) {
      return JSON.readValue(in, type);
    } catch (IOException e) {
      throw new AssertionError(name + " cannot be read: " + e, e);
    }
  }

  /** The content of a file, which must have the fields of the type and no others. */
  static <T> T read(String name, Class<T> type) {
    String folder = System.getProperty("goldens.dir");
    try (InputStream in =
        folder == null
            ? Objects.requireNonNull(Goldens.class.getResourceAsStream("/goldens/" + name), name)
            : Files.newInputStream(Path.of(folder, name))) {
      return JSON.readValue(in, type);
    } catch (IOException e) {
      throw new AssertionError(name + " in " + folder + " cannot be read: " + e, e);
    }
  }
}
