package io.github.diffusion4j.image;

import io.github.diffusion4j.DiffusionException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** A file that appears whole or not at all: written under another name in the same folder. */
final class AtomicFile {

  private final Path target;
  private final Path part;

  AtomicFile(Path file) {
    this.target = file.toAbsolutePath();
    this.part = target.resolveSibling(target.getFileName() + "." + UUID.randomUUID() + ".part");
  }

  OutputStream open() throws IOException {
    return new BufferedOutputStream(
        Files.newOutputStream(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
  }

  void finish() throws IOException {
    Files.move(part, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Removes what was written under the other name. */
  void abandon() throws IOException {
    Files.deleteIfExists(part);
  }

  /** Removes what was written and says why. */
  DiffusionException failed(Exception cause) {
    try {
      abandon();
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
    return new DiffusionException("image file " + target + " cannot be written: " + cause, cause);
  }
}
