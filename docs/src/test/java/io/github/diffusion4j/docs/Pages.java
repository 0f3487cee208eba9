package io.github.diffusion4j.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The pages of the documentation. */
final class Pages {

  /** The folder of the project. */
  static final Path ROOT =
      Path.of(System.getProperty("docs.folder", ".")).toAbsolutePath().normalize().getParent();

  private Pages() {}

  /** All of them, the two beside the folder of the others too. */
  static List<Path> all() throws IOException {
    Path docs = ROOT.resolve("docs");
    try (Stream<Path> files = Files.walk(docs)) {
      return Stream.concat(
              files
                  .filter(file -> file.toString().endsWith(".md"))
                  .filter(file -> !docs.relativize(file).startsWith("target")),
              Stream.of(ROOT.resolve("README.md"), ROOT.resolve("CHANGELOG.md")))
          .toList();
    }
  }
}
