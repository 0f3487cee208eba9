package io.github.diffusion4j.train.export;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Files that are written under other names and get their own when all are written. */
final class WholeFiles implements AutoCloseable {

  private final Map<Path, Path> temporaries = new LinkedHashMap<>();

  /** Opens a file for writing; it is seen under its name after {@link #publish}. */
  OutputStream open(Path file) throws IOException {
    Path temporary = file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID());
    temporaries.put(file, temporary);
    return new BufferedOutputStream(
        Files.newOutputStream(temporary, StandardOpenOption.CREATE_NEW), 1 << 16);
  }

  /** Gives the files their names, in the order in which they were opened: all of them or none. */
  void publish() throws IOException {
    List<Path> published = new ArrayList<>();
    try {
      for (Map.Entry<Path, Path> entry : temporaries.entrySet()) {
        Files.move(
            entry.getValue(),
            entry.getKey(),
            StandardCopyOption.ATOMIC_MOVE,
            StandardCopyOption.REPLACE_EXISTING);
        published.add(entry.getKey());
      }
    } catch (IOException e) {
      for (Path file : published) {
        Files.deleteIfExists(file);
      }
      throw e;
    }
  }

  /** Removes what was not published. */
  @Override
  public void close() throws IOException {
    for (Path temporary : temporaries.values()) {
      Files.deleteIfExists(temporary);
    }
  }
}
