package io.github.diffusion4j.train;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.internal.files.WholeFiles;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of a run: its checkpoints, the loss of each step, and all that is known of each step.
 */
final class RunFolder implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RunFolder.class);
  private static final String STEPS = "step,loss";
  private static final Pattern LOSS =
      Pattern.compile("\\d{1,18},\\d{1,9}(?:\\.\\d{1,30}(?:E-?\\d{1,3})?)?\\s?");
  private static final Pattern METRICS =
      Pattern.compile(
          "\\{\"step\":(\\d{1,18}),.*\"seconds\":(\\d{1,9}(?:\\.\\d{1,17})?|\\d\\.\\d{1,17}E[78])}");

  private final Path folder;
  private final CheckpointPolicy policy;
  private final FolderLock lock;
  private final LogFile losses;
  private final LogFile metrics;
  private final Reports reports;
  private long start = System.nanoTime();
  private String lastGood = "no checkpoint has been written yet";

  private RunFolder(Path folder, CheckpointPolicy policy, FolderLock lock, List<LogFile> files) {
    this.folder = folder;
    this.policy = policy;
    this.lock = lock;
    this.losses = files.get(0);
    this.metrics = files.get(1);
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
    List<LogFile> files = new ArrayList<>();
    try {
      check.make();
      new Reports(folder).check();
      WholeFiles.removeUnfinished(
          folder, name -> CheckpointFile.isNamed(name) || Reports.isNamed(name));
      files.add(LogFile.open(folder.resolve("loss.csv"), STEPS));
      files.add(LogFile.open(folder.resolve("metrics.jsonl"), "{\"step\":"));
      return new RunFolder(folder, policy, lock, files);
    } catch (IOException | RuntimeException | Error e) {
      files.forEach(LogFile::close);
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
        run.losses.keep(0);
        run.losses.append(STEPS);
        run.metrics.keep(0);
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

  /** Checks that there is a loss of each of the steps that are to be kept. */
  private void checkLosses(Path file, long steps) throws IOException {
    String[] lines = losses.text().split("\n", -1);
    for (int step = 1; step <= steps; step++) {
      String line = step < lines.length ? lines[step] : "";
      if (!line.startsWith(step + ",") || !LOSS.matcher(line).matches()) {
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
      losses.append(STEPS);
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
    long steps = saved.progress().steps();
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
        run.checkLosses(folder.resolve("loss.csv"), steps);
        run.losses.keep(steps + 1);
        run.start -= Math.round(1e9 * run.keepMetrics(steps));
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
    Progress progress = checkpoint.progress();
    try { // a run is worth more than what is told of it
      if (progress.epoch().steps() == 0) {
        reports.epochs(checkpoint);
        reports.plot(losses(), progress.validationLosses());
      }
      for (CheckpointFile old :
          policy.superfluous(CheckpointFile.in(folder), progress.bestEpoch())) {
        Files.deleteIfExists(folder.resolve(old.name()));
      }
    } catch (IOException | DiffusionException e) {
      LOG.warn("reports or old checkpoints of run {} are as they were", folder, e);
    }
  }

  /** The loss of each step so far. */
  private double[] losses() throws IOException {
    return losses
        .text()
        .lines()
        .skip(1)
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(',') + 1)))
        .toArray();
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
    try (lock;
        metrics) {
      losses.close();
    } catch (IOException e) {
      throw new DiffusionException("lock of " + folder + " cannot be given back: " + e, e);
    }
  }
}
