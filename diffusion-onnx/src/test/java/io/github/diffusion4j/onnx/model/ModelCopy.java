package io.github.diffusion4j.onnx.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A copy of tiny-if's stage I, to be changed. */
record ModelCopy(Path folder) {

  static ModelCopy in(Path folder) throws IOException {
    Path whole = Goldens.models().resolve("tiny-if/stage1");
    try (Stream<Path> files = Files.walk(whole)) {
      for (Path file : files.toList()) {
        Path copy = folder.resolve(whole.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(file, copy);
        }
      }
    }
    return new ModelCopy(folder);
  }

  void replace(String file, String old, String by) throws IOException {
    Path path = folder.resolve(file);
    String text = Files.readString(path);
    assertThat(text).contains(old);
    Files.writeString(path, text.replace(old, by));
  }

  void delete(String name) throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve(name))) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
