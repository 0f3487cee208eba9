package io.github.diffusion4j.train;

import io.github.diffusion4j.DiffusionException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The right to write a run's folder, for one run at a time. It is a lock of a file that nobody
 * reads, since on Linux a process loses its locks of a file when it closes any reader of it. The
 * file remains: to delete it could take another run's lock away.
 */
record FolderLock(Path folder, RandomAccessFile file, Optional<Object> key)
    implements AutoCloseable {

  private static final String FILE = ".lock";

  /** The folders that runs of this process have, by their real paths. */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  /** Files that another copy of this library has locked: to close one would take its lock away. */
  private static final Map<Path, RandomAccessFile> FOREIGN = new ConcurrentHashMap<>();

  /**
   * Takes the right.
   *
   * @throws DiffusionException if another run has it
   * @throws IOException if the folder cannot be written
   */
  static FolderLock take(Path folder) throws IOException {
    Path real = folder.toRealPath();
    // Asked before the file is opened, since to close it would give this process's own lock away.
    if (HELD.add(real)) {
      FolderLock lock = new FolderLock(real, open(real), key(real));
      try {
        if (lock.file().getChannel().tryLock() != null) {
          return lock;
        }
        lock.close();
      } catch (OverlappingFileLockException e) {
        FOREIGN.put(real, lock.file());
        HELD.remove(real);
      } catch (IOException | RuntimeException | Error e) {
        lock.close();
        throw e;
      }
    }
    throw new DiffusionException("run folder " + folder + " is in use by another run");
  }

  private static RandomAccessFile open(Path real) throws IOException {
    RandomAccessFile opened = FOREIGN.remove(real);
    if (opened != null) {
      return opened;
    }
    try {
      return new RandomAccessFile(real.resolve(FILE).toFile(), "rw");
    } catch (IOException e) {
      HELD.remove(real);
      throw e;
    }
  }

  /** What tells the file from another of its name; not on Windows, where an open file stays. */
  private static Optional<Object> key(Path real) {
    try {
      Path file = real.resolve(FILE);
      return Optional.ofNullable(Files.readAttributes(file, BasicFileAttributes.class).fileKey());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * Checks that the folder has not become another run's.
   *
   * @throws DiffusionException if it has been removed and made again
   */
  void check() {
    Optional<Object> found = key(folder);
    if (found.isPresent() && key.isPresent() && !found.equals(key)) {
      throw new DiffusionException(
          "run folder "
              + folder
              + " must stay where it is while its run is made, found another one");
    }
  }

  @Override
  public void close() throws IOException {
    try (file) {
      // the lock goes with the file
    } finally {
      HELD.remove(folder);
    }
  }
}
