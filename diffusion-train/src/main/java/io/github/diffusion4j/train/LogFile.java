package io.github.diffusion4j.train;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.github.diffusion4j.DiffusionException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file of a run that grows by lines. What it holds is cut off, never written anew: so no moment
 * is without the lines that are kept.
 */
final class LogFile implements AutoCloseable {

  private final Path path;
  // Not a channel of its own, which an interrupt of the thread would close.
  private final RandomAccessFile file;
  private final boolean isNew;

  private LogFile(Path path, RandomAccessFile file, boolean isNew) {
    this.path = path;
    this.file = file;
    this.isNew = isNew;
  }

  /**
   * Opens the file, which is made if need be, and removed when it is closed without a line.
   *
   * @param beginning what it begins with, so that a run's file is written over, perhaps a cut one,
   *     and nothing else
   * @throws DiffusionException if it holds something that begins otherwise
   */
  static LogFile open(Path path, String beginning) throws IOException {
    boolean isNew = !Files.exists(path);
    LogFile opened = new LogFile(path, new RandomAccessFile(path.toFile(), "rw"), isNew);
    try {
      byte[] start = new byte[(int) Math.min(beginning.length(), opened.file.length())];
      opened.file.readFully(start);
      checkBegins(path, start, beginning);
      return opened;
    } catch (IOException | RuntimeException | Error e) {
      opened.close();
      throw e;
    }
  }

  /**
   * Checks the first bytes of a file, which may be cut.
   *
   * @throws DiffusionException if they are others
   */
  static void checkBegins(Path path, byte[] start, String expected) throws IOException {
    if (!expected.startsWith(new String(start, ISO_8859_1))) {
      throw new DiffusionException(
          "file "
              + path
              + " must be absent or a run's, which begins with "
              + expected
              + ", found "
              + Files.size(path)
              + " bytes of something else");
    }
  }

  /** All that it holds, a character for each byte. */
  String text() throws IOException {
    long length = file.length();
    if (length > Integer.MAX_VALUE - 8) {
      throw new DiffusionException("file " + path + " must be below 2 GiB, found " + length);
    }
    byte[] bytes = new byte[(int) length];
    file.seek(0);
    file.readFully(bytes);
    return new String(bytes, ISO_8859_1);
  }

  /** Keeps the first lines alone, as many as there are, and goes on after them. */
  void keep(long lines) throws IOException {
    String text = text();
    int end = 0;
    for (long line = 0; line < lines && end < text.length(); line++) {
      int next = text.indexOf('\n', end);
      end = next < 0 ? text.length() : next + 1;
    }
    file.setLength(end);
    file.seek(end);
    if (end > 0 && text.charAt(end - 1) != '\n') {
      append("");
    }
  }

  /** Adds a line. */
  void append(String line) {
    try {
      file.write((line + "\n").getBytes(ISO_8859_1));
    } catch (IOException e) {
      throw new DiffusionException("file " + path + " cannot be written: " + e, e);
    }
  }

  /** Has the system write to the disk what it has been given. */
  void force() {
    try {
      file.getFD().sync();
    } catch (IOException e) {
      throw new DiffusionException("file " + path + " cannot be written: " + e, e);
    }
  }

  @Override
  public void close() {
    boolean isUnused;
    try (file) {
      isUnused = isNew && file.length() == 0;
    } catch (IOException e) {
      throw new DiffusionException("file " + path + " cannot be written: " + e, e);
    }
    try {
      if (isUnused && Files.exists(path) && Files.size(path) == 0) {
        Files.delete(path);
      }
    } catch (IOException e) {
      // an empty file does no harm
    }
  }
}
