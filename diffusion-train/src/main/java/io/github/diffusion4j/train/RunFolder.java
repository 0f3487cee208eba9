package io.github.diffusion4j.train;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.diffusion4j.DiffusionException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** The files of a run: its checkpoints and the loss of each step. */
final class RunFolder implements AutoCloseable {

  private static final String HEADER = "step,loss";

  private final Path folder;
  private final CheckpointPolicy policy;
  private final RandomAccessFile losses;
  private String lastGood = "no checkpoint has been written yet";

  private RunFolder(Path folder, CheckpointPolicy policy, RandomAccessFile losses) {
    this.folder = folder;
    this.policy = policy;
    this.losses = losses;
  }

  /** A folder for a new run. */
  static RunFolder create(Path folder, Training training) {
    try {
      Files.createDirectories(folder);
      List<CheckpointFile> found = CheckpointFile.in(folder);
      if (!found.isEmpty()) {
        throw new DiffusionException(
            "folder "
                + folder
                + " holds a run already: resume it, or name another folder; found "
                + found.get(0).name());
      }
      RunFolder run = new RunFolder(folder, training.checkpoints(), lock(folder));
      try {
        String text = run.text();
        if (!text.isEmpty() && !text.startsWith(HEADER)) {
          throw new DiffusionException(
              "file "
                  + folder.resolve("loss.csv")
                  + " must be absent or that of a run without checkpoint, found "
                  + text.length()
                  + " bytes of something else");
        }
        run.losses.setLength(0);
        run.write(HEADER + "\n");
        return run;
      } catch (IOException | RuntimeException e) {
        run.close();
        throw e;
      }
    } catch (IOException e) {
      throw new DiffusionException("run folder " + folder + " cannot be written: " + e, e);
    }
  }

  /** The folder of a run's last checkpoint, its losses cut back to the checkpoint's step. */
  static RunFolder resume(Path checkpoint, Checkpoint saved) {
    long steps = saved.steps();
    Path folder =
        Objects.requireNonNull(
            checkpoint.toAbsolutePath().getParent(), "the folder of a checkpoint");
    Path file = folder.resolve("loss.csv");
    try {
      RunFolder run = new RunFolder(folder, saved.training().checkpoints(), lock(folder));
      try {
        run.checkIsLast(checkpoint, CheckpointFile.of(saved));
        String text = run.text();
        List<String> lines = text.isEmpty() ? List.of(HEADER) : text.lines().toList();
        if (lines.size() < steps + 1) {
          throw new DiffusionException(
              "file "
                  + file
                  + " must have the losses of "
                  + steps
                  + " steps, found "
                  + (lines.size() - 1));
        }
        // Cut off, never written anew: so no moment is without the losses that are kept.
        int kept = lines.stream().limit(steps + 1).mapToInt(line -> line.length() + 1).sum();
        run.losses.setLength(Math.min(kept, text.length()));
        run.losses.seek(run.losses.length());
        if (!text.startsWith("\n", kept - 1)) {
          run.write(text.isEmpty() ? HEADER + "\n" : "\n");
        }
        run.lastGood = "the last good checkpoint is " + checkpoint;
        return run;
      } catch (IOException | RuntimeException e) {
        run.close();
        throw e;
      }
    } catch (IOException e) {
      throw new DiffusionException("file " + file + " cannot be rewritten: " + e, e);
    }
  }

  private void checkIsLast(Path checkpoint, CheckpointFile place) throws IOException {
    List<CheckpointFile> all = CheckpointFile.in(folder);
    if (!all.isEmpty() && all.get(all.size() - 1).compareTo(place) > 0) {
      throw new DiffusionException(
          "folder "
              + folder
              + " has later checkpoints than "
              + checkpoint.getFileName()
              + ", which going on from it would contradict: move them away, found "
              + all.get(all.size() - 1).name());
    }
  }

  private String text() throws IOException {
    byte[] bytes = new byte[Math.toIntExact(losses.length())];
    losses.seek(0);
    losses.readFully(bytes);
    return new String(bytes, US_ASCII);
  }

  /**
   * The folder's loss file, for one run at a time. Not a channel of its own, which an interrupt of
   * the thread would close.
   */
  private static RandomAccessFile lock(Path folder) throws IOException {
    if (!folder.getFileSystem().equals(FileSystems.getDefault())) {
      throw new DiffusionException("run folder " + folder + " must be on the default file system");
    }
    RandomAccessFile losses = new RandomAccessFile(folder.resolve("loss.csv").toFile(), "rw");
    try {
      if (losses.getChannel().tryLock() != null) {
        return losses;
      }
    } catch (OverlappingFileLockException e) {
      // This process has it, which is no other case than another process having it.
    }
    losses.close();
    throw new DiffusionException("run folder " + folder + " is in use by another run");
  }

  /** The file itself, or the last checkpoint of a folder. */
  static Path checkpoint(Path fileOrFolder) {
    if (!Files.isDirectory(fileOrFolder)) {
      return fileOrFolder;
    }
    try {
      List<CheckpointFile> all = CheckpointFile.in(fileOrFolder);
      if (all.isEmpty()) {
        throw new DiffusionException(
            "folder "
                + fileOrFolder
                + " must hold epoch-NNNN.safetensors, found none: no checkpoint of the run has been written");
      }
      return fileOrFolder.resolve(all.get(all.size() - 1).name());
    } catch (IOException e) {
      throw new DiffusionException("folder " + fileOrFolder + " cannot be read: " + e, e);
    }
  }

  void log(long step, double loss) {
    try {
      write(step + "," + loss + "\n");
    } catch (IOException e) {
      throw new DiffusionException("loss.csv in " + folder + " cannot be written: " + e, e);
    }
  }

  private void write(String text) throws IOException {
    losses.write(text.getBytes(US_ASCII));
  }

  /** Writes a checkpoint, and only then removes those that it makes superfluous. */
  void save(Checkpoint checkpoint) {
    Path file = folder.resolve(CheckpointFile.of(checkpoint).name());
    checkpoint.write(file);
    lastGood = "the last good checkpoint is " + file;
    try {
      for (CheckpointFile old : policy.superfluous(CheckpointFile.in(folder))) {
        Files.deleteIfExists(folder.resolve(old.name()));
      }
    } catch (IOException e) {
      throw new DiffusionException("old checkpoints in " + folder + " cannot be removed: " + e, e);
    }
  }

  String lastGood() {
    return lastGood;
  }

  @Override
  public void close() {
    try {
      losses.close();
    } catch (IOException e) {
      throw new DiffusionException("loss.csv in " + folder + " cannot be written: " + e, e);
    }
  }
}
