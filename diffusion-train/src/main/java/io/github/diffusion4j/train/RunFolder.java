package io.github.diffusion4j.train;

import io.github.diffusion4j.DiffusionException;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of a run: its checkpoints, the loss of each step, and all that is known of each step.
 */
final class RunFolder implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RunFolder.class);
  private static final String HEADER = "step,loss";
  private static final Pattern METRICS =
      Pattern.compile(
          "\\{\"step\":(\\d{1,18}),.*\"seconds\":(\\d{1,9}(?:\\.\\d{1,17})?|\\d\\.\\d{1,17}E[78])}");

  private final Path folder;
  private final CheckpointPolicy policy;
  private final FolderLock lock;
  private final LogFile losses;
  private final LogFile metrics;
  private long start = System.nanoTime();
  private String lastGood = "no checkpoint has been written yet";

  private RunFolder(Path folder, CheckpointPolicy policy) throws IOException {
    if (!folder.getFileSystem().equals(FileSystems.getDefault())) {
      throw new DiffusionException("run folder " + folder + " must be on the default file system");
    }
    this.folder = folder;
    this.policy = policy;
    this.lock = FolderLock.take(folder);
    try {
      CheckpointFile.removeUnfinished(folder);
      this.losses = LogFile.open(folder.resolve("loss.csv"));
      try {
        this.metrics = LogFile.open(folder.resolve("metrics.jsonl"));
      } catch (IOException | RuntimeException | Error e) {
        losses.close();
        throw e;
      }
    } catch (IOException | RuntimeException | Error e) {
      lock.close();
      throw e;
    }
  }

  /** A folder for a new run. */
  static RunFolder create(Path folder, Training training) {
    try {
      Files.createDirectories(folder);
      checkHoldsNoRun(folder);
      RunFolder run = new RunFolder(folder, training.checkpoints());
      try {
        checkHoldsNoRun(folder); // one may have ended in between
        run.checkFiles();
        run.losses.keep(0);
        run.losses.append(HEADER);
        run.metrics.keep(0);
        return run;
      } catch (IOException | RuntimeException | Error e) {
        run.close();
        throw e;
      }
    } catch (IOException e) {
      throw new DiffusionException("run folder " + folder + " cannot be written: " + e, e);
    }
  }

  /** Checks that what is cut and written on is a run's. */
  private void checkFiles() throws IOException {
    losses.checkBegins(HEADER);
    metrics.checkBegins("{\"step\":");
  }

  /** Checks that there is a loss of each of the steps that are to be kept. */
  private void checkLosses(Path file, long steps) throws IOException {
    String[] lines = losses.text().split("\n", -1);
    for (int step = 1; step <= steps; step++) {
      String line = step < lines.length ? lines[step] : "";
      if (!line.startsWith(step + ",")) {
        throw new DiffusionException(
            "file "
                + file
                + " must have the losses of "
                + steps
                + " steps, found "
                + (line.isBlank() ? "none" : line.substring(0, Math.min(40, line.length())))
                + " in place of that of step "
                + step);
      }
    }
    if (lines[0].isEmpty()) {
      losses.append(HEADER);
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
  }

  /** The folder of a run's last checkpoint, its losses cut back to the checkpoint's step. */
  static RunFolder resume(Path checkpoint, Checkpoint saved) {
    long steps = saved.steps();
    Path folder =
        Objects.requireNonNull(
            checkpoint.toAbsolutePath().getParent(), "the folder of a checkpoint");
    Path file = folder.resolve("loss.csv");
    try {
      RunFolder run = new RunFolder(folder, saved.training().checkpoints());
      try {
        run.checkIsLast(checkpoint, CheckpointFile.of(saved));
        run.checkFiles();
        run.checkLosses(file, steps);
        run.losses.keep(steps + 1);
        run.start -= Math.round(1e9 * run.keepMetrics(steps));
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

  /** The file itself, or the last checkpoint of a folder. */
  static Path checkpoint(Path fileOrFolder) {
    if (!Files.exists(fileOrFolder)) {
      throw new DiffusionException(
          "there is no checkpoint and no run folder at " + fileOrFolder + ": start the run first");
    }
    if (!Files.isDirectory(fileOrFolder)) {
      return fileOrFolder;
    }
    List<CheckpointFile> all = checkpoints(fileOrFolder);
    if (all.isEmpty()) {
      throw new DiffusionException(
          "folder "
              + fileOrFolder
              + " must hold epoch-NNNN.safetensors, found none: no checkpoint of the run has been written");
    }
    return fileOrFolder.resolve(all.get(all.size() - 1).name());
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
    List<CheckpointFile> all = Files.isDirectory(folder) ? checkpoints(folder) : List.of();
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

  static boolean hasCheckpoint(Path folder) {
    return Files.isDirectory(folder) && !checkpoints(folder).isEmpty();
  }

  private static List<CheckpointFile> checkpoints(Path folder) {
    try {
      return CheckpointFile.in(folder);
    } catch (IOException e) {
      throw new DiffusionException("folder " + folder + " cannot be read: " + e, e);
    }
  }

  /** Keeps the metrics of some steps, and gives the seconds of the last. */
  private double keepMetrics(long steps) throws IOException {
    long lines = 0;
    long kept = 0;
    long whole = 0;
    double seconds = 0;
    for (String line : metrics.text().split("\n", -1)) {
      lines++;
      Matcher matcher = METRICS.matcher(line.strip());
      if (matcher.matches()) { // else it was damaged
        if (Long.parseLong(matcher.group(1)) > steps) {
          break;
        }
        kept = lines;
        whole++;
        seconds = Double.parseDouble(matcher.group(2));
      }
    }
    metrics.keep(kept);
    if (whole < steps) { // an early version had no such file
      LOG.warn("{} of {} steps have a line in {}/metrics.jsonl", whole, steps, folder);
    }
    return seconds;
  }

  /** Notes a step. */
  void log(TrainingStep step, int epoch) {
    losses.append(step.number() + "," + step.loss());
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("step", step.number());
    all.put("epoch", epoch);
    all.put("rate", step.rate());
    all.put("loss", step.loss());
    all.put("seconds", Math.round((System.nanoTime() - start) / 1e6) / 1e3);
    metrics.append(Settings.write(all));
  }

  /** Writes a checkpoint, and only then removes those that it makes superfluous. */
  void save(Checkpoint checkpoint) {
    Path file = folder.resolve(CheckpointFile.of(checkpoint).name());
    losses.force();
    metrics.force();
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
    try (lock;
        metrics) {
      losses.close();
    } catch (IOException e) {
      throw new DiffusionException("lock of " + folder + " cannot be given back: " + e, e);
    }
  }
}
