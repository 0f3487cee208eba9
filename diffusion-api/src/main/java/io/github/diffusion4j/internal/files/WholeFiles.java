package io.github.diffusion4j.internal.files;

import io.github.diffusion4j.DiffusionException;
import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Files that are written under other names in the same folder and get their own when all are
 * written: each appears whole or not at all. Several get their names in order, so write the one
 * last that names the others.
 */
public final class WholeFiles implements AutoCloseable {

  /** What is written to a file. */
  @FunctionalInterface
  public interface Content {
    /**
     * Writes it.
     *
     * @param out where to; the caller closes it
     * @throws IOException if it cannot be written
     */
    void writeTo(OutputStream out) throws IOException;
  }

  private static final int MOST_BYTES = 255 - 38;

  private static final Pattern UNFINISHED =
      Pattern.compile("\\.(.+)\\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  private final Map<Path, Path> temporaries = new LinkedHashMap<>();
  private final boolean isDurable;

  /** Files that the system may keep in memory for a while. */
  public WholeFiles() {
    this(false);
  }

  private WholeFiles(boolean isDurable) {
    this.isDurable = isDurable;
  }

  /**
   * Writes one file.
   *
   * @param file the file, replaced if it exists
   * @param content what to write
   * @throws DiffusionException if it cannot be written
   */
  public static void write(Path file, Content content) {
    write(file, content, false);
  }

  /**
   * Writes one file of the default file system so that it is on the disk, whole, before it replaces
   * what is there: after a loss of power there is either of them. What a killed process leaves is
   * for {@link #removeUnfinished}.
   *
   * @param file the file, replaced if it exists
   * @param content what to write
   * @throws DiffusionException if it cannot be written
   */
  public static void writeDurably(Path file, Content content) {
    write(file, content, true);
  }

  /**
   * Removes what killed processes have left of files.
   *
   * @param folder where they were to be; none is being written there now
   * @param names which files, by their names
   * @throws IOException if the folder cannot be read or one cannot be removed
   */
  public static void removeUnfinished(Path folder, Predicate<String> names) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, ".*")) {
      for (Path file : files) {
        Matcher matcher = UNFINISHED.matcher(String.valueOf(file.getFileName()));
        if (matcher.matches() && names.test(matcher.group(1)) && Files.isRegularFile(file)) {
          Files.deleteIfExists(file);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  private static void write(Path file, Content content, boolean isDurable) {
    try (WholeFiles files = new WholeFiles(isDurable)) {
      try (OutputStream out = files.open(file)) {
        content.writeTo(out);
      }
      files.publish();
    } catch (IOException e) {
      throw cannotBeWritten(file, e);
    }
  }

  /**
   * The error of a file that cannot be written.
   *
   * @param file the file
   * @param cause why
   * @return the exception, to be thrown
   */
  public static DiffusionException cannotBeWritten(Path file, Exception cause) {
    return new DiffusionException("file " + file + " cannot be written: " + cause, cause);
  }

  /**
   * Opens a file, which is seen under its name after {@link #publish}.
   *
   * @param file the file
   * @return where to write, to be closed
   * @throws IOException if its folder cannot be written to, or something else than a file is there
   */
  public OutputStream open(Path file) throws IOException {
    Path target = destination(file.toAbsolutePath());
    if (Files.exists(target) && !Files.isRegularFile(target)) {
      String found = Files.isDirectory(target) ? "a folder" : "a device or a pipe";
      throw new FileSystemException(
          target.toString(), null, "expected a file or nothing there, found " + found);
    }
    Path folder = target.getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new NoSuchFileException(String.valueOf(folder), null, "there is no such folder");
    }
    Path name = Objects.requireNonNull(target.getFileName(), "the name of a file");
    Path temporary = folder.resolve("." + shortened(name.toString()) + "." + UUID.randomUUID());
    temporaries.put(target, temporary);
    if (isDurable) {
      return new Durable(new FileOutputStream(temporary.toFile()));
    }
    return new BufferedOutputStream(
        Files.newOutputStream(temporary, StandardOpenOption.CREATE_NEW), 1 << 16);
  }

  /** What a long name is left out of: file systems take names of 255 bytes at most. */
  private static String shortened(String name) {
    return name.getBytes(StandardCharsets.UTF_8).length <= MOST_BYTES ? name : "";
  }

  /** What is written is on the disk when it is closed. */
  private static final class Durable extends BufferedOutputStream {

    // Not a channel, which an interrupt of the thread would close.
    private final FileOutputStream file;

    Durable(FileOutputStream file) {
      super(file, 1 << 16);
      this.file = file;
    }

    @Override
    public void close() throws IOException {
      try (file) {
        flush();
        file.getFD().sync();
      }
    }
  }

  /** The file itself, or the one that a symbolic link leads to, so that the link stays. */
  private static Path destination(Path file) throws IOException {
    Path target = file;
    for (int links = 0; Files.isSymbolicLink(target); links++) {
      if (links == 40) {
        throw new FileSystemLoopException(file.toString());
      }
      target = target.resolveSibling(Files.readSymbolicLink(target));
    }
    return target;
  }

  /**
   * Gives the files their names, in the order in which they were opened.
   *
   * @throws IOException if one cannot be named; then those before it that were not there are gone
   *     again, and those after it are what they were
   */
  public void publish() throws IOException {
    List<Path> added = new ArrayList<>();
    try {
      for (Map.Entry<Path, Path> entry : temporaries.entrySet()) {
        boolean isNew = !Files.exists(entry.getKey());
        Files.move(
            entry.getValue(),
            entry.getKey(),
            StandardCopyOption.ATOMIC_MOVE,
            StandardCopyOption.REPLACE_EXISTING);
        if (isNew) {
          added.add(entry.getKey());
        }
      }
      if (isDurable) {
        temporaries.keySet().forEach(WholeFiles::force);
      }
      temporaries.clear();
    } catch (IOException e) {
      for (Path file : added) {
        Files.deleteIfExists(file);
      }
      throw e;
    }
  }

  /** Has the system write a new name to the disk, where it opens folders. */
  private static void force(Path file) {
    Path folder = Objects.requireNonNull(file.getParent(), "the folder of a file");
    try (FileChannel opened = FileChannel.open(folder)) {
      opened.force(true);
    } catch (IOException e) {
      // Windows does not open folders; the file itself is on the disk, under either name.
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
