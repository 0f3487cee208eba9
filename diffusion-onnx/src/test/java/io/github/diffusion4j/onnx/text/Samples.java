package io.github.diffusion4j.onnx.text;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;

/** The files of the tests. */
final class Samples {

  /** Fails where a file says more or less than the type. */
  static final JsonMapper STRICT =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();

  private Samples() {}

  /** A file or folder of the test resources. */
  static Path resource(String name) {
    URL url = Objects.requireNonNull(Samples.class.getResource("/" + name), name);
    try {
      return Path.of(url.toURI());
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(name, e);
    }
  }

  /** A folder of the models, from {@code models.dir} if set. */
  static Path model(String name) {
    String folder = System.getProperty("models.dir");
    return folder == null ? resource(name) : Path.of(folder).resolve(name);
  }

  static Path t5() {
    return model("tiny-if/stage1/tokenizer");
  }

  static Path clip() {
    return model("tokenizers/clip");
  }

  /** The content of a JSON file. */
  static <T> T read(Path file, Class<T> type) {
    try {
      return STRICT.readValue(file.toFile(), type);
    } catch (IOException e) {
      throw new AssertionError(file + " cannot be read: " + e, e);
    }
  }

  /** Copies the named files of a folder to another. */
  static Path copy(Path from, Path to, String... names) throws IOException {
    for (String name : names) {
      Files.copy(from.resolve(name), to.resolve(name));
    }
    return to;
  }

  /** A prompt for the name of a test, without characters that a terminal would act on. */
  static String shown(String prompt) {
    StringBuilder text = new StringBuilder("\"");
    Stream.of(prompt)
        .flatMap(p -> p.chars().limit(50).mapToObj(c -> (char) c))
        .forEach(c -> text.append(c >= ' ' && c < 127 ? c.toString() : "."));
    return text.append('"').toString();
  }
}
