package io.github.diffusion4j.train;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.diffusion4j.DiffusionException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;

/**
 * A file that grows by lines, for one run at a time. What it holds is cut off, never written anew:
 * so no moment is without the lines that are kept.
 */
final class LogFile implements AutoCloseable {

  private final Path path;
  // Not a channel of its own, which an interrupt of the thread would close.
  private final RandomAccessFile file;

  private LogFile(Path path, RandomAccessFile file) {
    this.path = path;
    this.file = file;
  }

  /**
   * Opens the file, which is made if need be.
   *
   * @throws DiffusionException if another run has it
   */
  static LogFile open(Path path) throws IOException {
    RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
    try {
      if (file.getChannel().tryLock() != null) {
        return new LogFile(path, file);
      }
    } catch (OverlappingFileLockException e) {
      // This process has it, which is no other case than another process having it.
    }
    file.close();
    throw new DiffusionException("run folder " + path.getParent() + " is in use by another run");
  }

  /**
   * Checks that a run's file is written over, and nothing else.
   *
   * @throws DiffusionException if it holds something that begins with other words
   */
  void checkBegins(String expected) throws IOException {
    String text = text();
    if (!text.isEmpty() && !text.startsWith(expected)) {
      throw new DiffusionException(
          "file "
              + path
              + " must be absent or that of a run without checkpoint, found "
              + text.length()
              + " bytes of something else");
    }
  }

  /** All that it holds. */
  String text() throws IOException {
    byte[] bytes = new byte[Math.toIntExact(file.length())];
    file.seek(0);
    file.readFully(bytes);
    return new String(bytes, UTF_8);
  }

  /** Keeps the first lines alone, as many as there are, and goes on after them. */
  void keep(long lines) throws IOException {
    keep(text().lines().limit(lines).toList());
  }

  /** Keeps the lines before the first of a kind. */
  void keepUntil(Predicate<String> isLater) throws IOException {
    keep(text().lines().takeWhile(isLater.negate()).toList());
  }

  private void keep(List<String> kept) throws IOException {
    int bytes = kept.stream().mapToInt(line -> line.getBytes(UTF_8).length + 1).sum();
    file.setLength(Math.min(bytes, file.length()));
    file.seek(file.length());
    if (bytes > file.length()) {
      append("");
    }
  }

  /** Adds a line. */
  void append(String line) {
    try {
      file.write((line + "\n").getBytes(UTF_8));
    } catch (IOException e) {
      throw new DiffusionException("file " + path + " cannot be written: " + e, e);
    }
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw new DiffusionException("file " + path + " cannot be written: " + e, e);
    }
  }
}
