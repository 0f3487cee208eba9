package io.github.diffusion4j.train;

import io.github.diffusion4j.DiffusionException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;

/**
 * The right to write a run's folder, for one run at a time. It is a lock of a file that nobody
 * reads, since on Linux a process loses its locks of a file when it closes any reader of it. The
 * file remains: to delete it could take another run's lock away.
 */
record FolderLock(RandomAccessFile file) implements AutoCloseable {

  private static final String FILE = ".lock";

  /**
   * Takes the right.
   *
   * @throws DiffusionException if another run has it
   * @throws IOException if the folder cannot be written
   */
  static FolderLock take(Path folder) throws IOException {
    RandomAccessFile file = new RandomAccessFile(folder.resolve(FILE).toFile(), "rw");
    try {
      if (file.getChannel().tryLock() != null) {
        return new FolderLock(file);
      }
    } catch (OverlappingFileLockException e) {
      // This process has it, which is no other case than another process having it.
    }
    file.close();
    throw new DiffusionException("run folder " + folder + " is in use by another run");
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
