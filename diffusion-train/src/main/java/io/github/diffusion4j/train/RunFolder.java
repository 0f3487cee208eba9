package io.github.diffusion4j.train;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.internal.files.WholeFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files of a run: its checkpoints, what is known of each step, and its reports. */
final class RunFolder implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RunFolder.class);

  private final Path folder;
  private final CheckpointPolicy policy;
  private final FolderLock lock;
  private final StepLog steps;
  private final Reports reports;
  private String lastGood = "no checkpoint has been written yet";

  private RunFolder(Path folder, CheckpointPolicy policy, FolderLock lock, StepLog steps) {
    this.folder = folder;
    this.policy = policy;
    this.lock = lock;
    this.steps = steps;
    this.reports = new Reports(folder);
  }

  /** What is done with a folder before anything in it is changed. */
  @FunctionalInterface
  private interface Check {
    void make() throws IOException;
  }

  /** Takes a folder whose files are a run's, which is all that is cut and written on. */
  private static RunFolder open(Path folder, CheckpointPolicy policy, Check check)
      throws IOException {
    if (!folder.getFileSystem().equals(FileSystems.getDefault())) {
      throw new DiffusionException("run folder " + folder + " must be on the default file system");
    }
    FolderLock lock = FolderLock.take(folder);
    try {
      check.make();
      new Reports(folder).check();
      WholeFiles.removeUnfinished(
          folder, name -> CheckpointFile.isNamed(name) || Reports.isNamed(name));
      return new RunFolder(folder, policy, lock, StepLog.open(folder));
    } catch (IOException | RuntimeException | Error e) {
      lock.close();
      throw e;
    }
  }

  /** A folder for a new run. */
  static RunFolder create(Path folder, Checkpoint first) {
    try {
      Files.createDirectories(folder);
      CheckpointPolicy policy = first.training().checkpoints();
      RunFolder run = open(folder, policy, () -> checkHoldsNoRun(folder));
      try {
        run.steps.begin();
        run.reports.describe(first);
        return run;
      } catch (IOException | RuntimeException | Error e) {
        run.close();
        throw e;
      }
    } catch (IOException e) {
      throw new DiffusionException("run folder " + folder + " cannot be written: " + e, e);
    }
  }

  private static void checkHoldsNoRun(Path folder) throws IOException {
    List<CheckpointFile> found = CheckpointFile.in(folder);
    if (!found.isEmpty()) {
      throw new DiffusionException(
          "folder "
              + folder
              + " holds a run already: resume it, or name another folder; found "
              + found.get(0).name());
    }
    new Reports(folder).checkHasNoPictures();
  }

  /**
   * The folder of a run's last checkpoint, its losses cut back to the checkpoint's step.
   *
   * @param checkpoint its file
   * @param saved what it says, and where the run is made from now on
   */
  static RunFolder resume(Path checkpoint, Checkpoint saved) {
    Path folder =
        Objects.requireNonNull(
            checkpoint.toAbsolutePath().getParent(), "the folder of a checkpoint");
    try {
      RunFolder run =
          open(
              folder,
              saved.training().checkpoints(),
              () -> checkIsLast(folder, checkpoint, CheckpointFile.of(saved)));
      try {
        run.steps.goOn(Math.toIntExact(saved.progress().steps()));
        run.reports.describe(saved);
        run.lastGood = "the last good checkpoint is " + checkpoint;
        return run;
      } catch (IOException | RuntimeException | Error e) {
        run.close();
        throw e;
      }
    } catch (IOException e) {
      throw new DiffusionException("run folder " + folder + " cannot be gone on in: " + e, e);
    }
  }

  private static void checkIsLast(Path folder, Path checkpoint, CheckpointFile place)
      throws IOException {
    List<CheckpointFile> all = CheckpointFile.in(folder);
    String name = String.valueOf(checkpoint.getFileName());
    if (CheckpointFile.isNamed(name) && !name.equals(place.name())) {
      throw new DiffusionException(
          "file "
              + checkpoint
              + " must be what its name says, found the checkpoint "
              + place.name());
    }
    if (!all.isEmpty() && all.get(all.size() - 1).compareTo(place) > 0) {
      throw new DiffusionException(
          "folder "
              + folder
              + " has later checkpoints than "
              + name
              + ", which going on from it would contradict: move them away, found "
              + all.get(all.size() - 1).name());
    }
  }

  /** Notes a step. */
  void log(TrainingStep step, int epoch) {
    steps.log(step, epoch);
  }

  /** Writes a checkpoint, and only then removes those that it makes superfluous. */
  void save(Checkpoint checkpoint) {
    Path file = folder.resolve(CheckpointFile.of(checkpoint).name());
    lock.check();
    steps.force();
    checkpoint.write(file);
    lastGood = "the last good checkpoint is " + file;
    Progress progress = checkpoint.progress();
    try {
      for (CheckpointFile old :
          policy.superfluous(CheckpointFile.in(folder), progress.bestEpoch())) {
        Files.deleteIfExists(folder.resolve(old.name()));
      }
    } catch (IOException | UncheckedIOException e) {
      LOG.warn("an old checkpoint in {} cannot be removed", folder, e);
    }
    if (progress.epoch().steps() == 0) {
      tell(checkpoint);
    }
  }

  /** Tells of an epoch that has ended, if it can be done: a run is worth more. */
  private void tell(Checkpoint checkpoint) {
    try {
      reports.epochs(checkpoint);
      reports.plot(steps.losses(), checkpoint.progress().validationLosses());
    } catch (IOException | DiffusionException e) {
      LOG.warn("losses of the epochs cannot be told in {}", folder, e);
    }
  }

  /** What it tells people and other programs. */
  Reports reports() {
    return reports;
  }

  String lastGood() {
    return lastGood;
  }

  @Override
  public void close() {
    try (lock) {
      steps.close();
    } catch (IOException e) {
      throw new DiffusionException("lock of " + folder + " cannot be given back: " + e, e);
    }
  }
}
