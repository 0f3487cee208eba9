package io.github.diffusion4j.train;

import io.github.diffusion4j.DiffusionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/** The checkpoints of a run's folder. */
final class Checkpoints {

  private static final int TRIES = 10;

  private Checkpoints() {}

  /** Whether there is a folder and a checkpoint in it. */
  static boolean areIn(Path folder) {
    return Files.isDirectory(folder) && !all(folder).isEmpty();
  }

  private static List<CheckpointFile> all(Path folder) {
    try {
      return CheckpointFile.in(folder);
    } catch (IOException e) {
      throw new DiffusionException("folder " + folder + " cannot be read: " + e, e);
    }
  }

  /** The file itself, or the last checkpoint of a folder. */
  static Path last(Path fileOrFolder) {
    if (!Files.exists(fileOrFolder)) {
      throw new DiffusionException(
          "there is no checkpoint and no run folder at " + fileOrFolder + ": start the run first");
    }
    if (!Files.isDirectory(fileOrFolder)) {
      return fileOrFolder;
    }
    List<CheckpointFile> all = all(fileOrFolder);
    if (all.isEmpty()) {
      throw new DiffusionException(
          "folder "
              + fileOrFolder
              + " must hold epoch-NNNN.safetensors, found none: no checkpoint of the run has been written");
    }
    return fileOrFolder.resolve(all.get(all.size() - 1).name());
  }

  /** Reads the file itself, or the last checkpoint of a folder, where a run may just write. */
  static Checkpoint open(Path fileOrFolder) {
    Objects.requireNonNull(fileOrFolder, "checkpoint");
    return unchanged(fileOrFolder, () -> read(last(fileOrFolder), fileOrFolder));
  }

  /**
   * Reads the checkpoint after the epoch of the least loss on the images held back, where a run may
   * just write.
   */
  static Checkpoint best(Path folder) {
    Objects.requireNonNull(folder, "folder");
    return unchanged(folder, () -> readBest(folder));
  }

  /** Reads again where a folder's checkpoints have changed, by which a file may have gone. */
  static Checkpoint unchanged(Path folder, Supplier<Checkpoint> reading) {
    for (int tries = 1; ; tries++) {
      List<CheckpointFile> before = Files.isDirectory(folder) ? all(folder) : List.of();
      try {
        return reading.get();
      } catch (DiffusionException e) {
        if (tries == TRIES || !Files.isDirectory(folder) || all(folder).equals(before)) {
          throw e;
        }
      }
    }
  }

  private static Checkpoint readBest(Path folder) {
    Path last = last(folder);
    Checkpoint read = read(last, folder);
    int epoch =
        read.progress()
            .bestEpoch()
            .orElseThrow(
                () ->
                    new DiffusionException(
                        "file "
                            + last
                            + " must tell of losses on images held back, found none: no epoch of"
                            + " its run has ended, or its data were not validatedOn any"));
    CheckpointFile best = CheckpointFile.ofEpoch(epoch);
    if (CheckpointFile.of(read).equals(best)) {
      return read;
    }
    Path file = last.resolveSibling(best.name());
    if (!Files.exists(file)) {
      throw new DiffusionException(
          "the best epoch of "
              + last
              + " is "
              + epoch
              + ", whose checkpoint "
              + file
              + " is not there: CheckpointPolicy.keepBest() keeps it");
    }
    Checkpoint found = Checkpoint.read(file);
    if (!CheckpointFile.of(found).equals(best)) {
      throw new DiffusionException(
          "file " + file + " must be the checkpoint of epoch " + epoch + ", found that of another");
    }
    return found;
  }

  /**
   * Reads a checkpoint.
   *
   * @param asked the file itself, or the folder that it is the last of
   * @throws DiffusionException if it cannot be read; where the one before it in the folder can, the
   *     message says so
   */
  static Checkpoint read(Path file, Path asked) {
    try {
      return Checkpoint.read(file);
    } catch (DiffusionException e) {
      throw readableBefore(asked)
          .map(
              name ->
                  new DiffusionException(
                      e.getMessage() + "; without this file, the last one would be " + name, e))
          .orElse(e);
    }
  }

  /** The last checkpoint but one of a folder, if it is whole. */
  private static Optional<String> readableBefore(Path folder) {
    List<CheckpointFile> all = Files.isDirectory(folder) ? all(folder) : List.of();
    if (all.size() < 2) {
      return Optional.empty();
    }
    String name = all.get(all.size() - 2).name();
    try {
      Checkpoint.read(folder.resolve(name));
      return Optional.of(name);
    } catch (DiffusionException e) {
      return Optional.empty();
    }
  }
}
