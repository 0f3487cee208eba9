package io.github.diffusion4j.train;

import io.github.diffusion4j.DiffusionException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The right to write a run's folder, for one run at a time. It is a lock of a file that nobody
 * reads, since on Linux a process loses its locks of a file when it closes any reader of it. The
 * file remains: to delete it could take another run's lock away.
 */
record FolderLock(Path folder, RandomAccessFile file) implements AutoCloseable {

  private static final String FILE = ".lock";

  /** The folders that runs of this process have, by their real paths. */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

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
      try {
        RandomAccessFile file = new RandomAccessFile(folder.resolve(FILE).toFile(), "rw");
        if (file.getChannel().tryLock() != null) {
          return new FolderLock(real, file);
        }
        file.close();
        HELD.remove(real);
      } catch (IOException | RuntimeException e) {
        HELD.remove(real);
        throw e;
      }
    }
    throw new DiffusionException("run folder " + folder + " is in use by another run");
  }

  @Override
  public void close() throws IOException {
    file.close();
    HELD.remove(folder);
  }
}
