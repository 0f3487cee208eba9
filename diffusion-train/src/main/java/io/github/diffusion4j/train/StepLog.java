package io.github.diffusion4j.train;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.diffusion4j.DiffusionException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is known of each step of a run: its loss, and all of it as JSON. */
final class StepLog implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(StepLog.class);
  private static final String STEPS = "step,loss";
  private static final Pattern LOSS =
      Pattern.compile("\\d{1,18},\\d{1,9}(?:\\.\\d{1,30}(?:E-?\\d{1,3})?)?\\s?");
  private static final Pattern METRICS =
      Pattern.compile(
          "\\{\"step\":(\\d{1,18}),.*\"seconds\":(\\d{1,9}(?:\\.\\d{1,17})?|\\d\\.\\d{1,17}E[78])}");

  private final Path folder;
  private final LogFile losses;
  private final LogFile metrics;
  private long start = System.nanoTime();

  private StepLog(Path folder, LogFile losses, LogFile metrics) {
    this.folder = folder;
    this.losses = losses;
    this.metrics = metrics;
  }

  /**
   * The files of a folder, which are made if need be.
   *
   * @throws DiffusionException if one is something else's
   */
  static StepLog open(Path folder) throws IOException {
    LogFile losses = LogFile.open(folder.resolve("loss.csv"), STEPS);
    try {
      LogFile metrics = LogFile.open(folder.resolve("metrics.jsonl"), "{\"step\":");
      return new StepLog(folder, losses, metrics);
    } catch (IOException | RuntimeException | Error e) {
      losses.close();
      throw e;
    }
  }

  /** Begins with the first step. */
  void begin() throws IOException {
    losses.keep(0);
    losses.append(STEPS);
    metrics.keep(0);
  }

  /**
   * Goes on after so many steps.
   *
   * @throws DiffusionException if the losses of these are in neither file
   */
  void goOn(long steps) throws IOException {
    Map<Long, JsonNode> told = keepMetrics(steps);
    String unknown = unknownLoss(steps);
    if (!unknown.isEmpty()) {
      Path file = folder.resolve("loss.csv");
      if (told.size() < steps) {
        throw new DiffusionException(
            "file %s must have the losses of %d steps, or metrics.jsonl, found %s"
                .formatted(file, steps, unknown));
      }
      LOG.warn("losses of {} are taken from metrics.jsonl, found {}", file, unknown);
      losses.keep(0);
      losses.append(STEPS);
      told.forEach((step, line) -> losses.append(step + "," + line.path("loss").asDouble()));
    }
    losses.keep(steps + 1);
  }

  /** What is in the place of the first loss that is not known; empty if all are. */
  private String unknownLoss(long steps) throws IOException {
    String[] lines = losses.text().split("\n", -1);
    for (int step = 1; step <= steps; step++) {
      String line = step < lines.length ? lines[step] : "";
      if (!line.startsWith(step + ",") || !LOSS.matcher(line).matches()) {
        String found = line.isBlank() ? "none" : line.substring(0, Math.min(40, line.length()));
        return found + " in place of that of step " + step;
      }
    }
    return lines[0].isEmpty() ? "no header" : "";
  }

  /** Keeps the metrics of some steps, and gives those that are whole, by step. */
  private Map<Long, JsonNode> keepMetrics(long steps) throws IOException {
    long lines = 0;
    long kept = 0;
    double seconds = 0;
    Map<Long, JsonNode> whole = new LinkedHashMap<>();
    for (String line : metrics.text().split("\n", -1)) {
      lines++;
      Matcher matcher = METRICS.matcher(line.strip());
      if (matcher.matches()) { // else it was damaged
        long step = Long.parseLong(matcher.group(1));
        if (step > steps) {
          break;
        }
        kept = lines;
        whole.put(step, Settings.ofText(line));
        seconds = Double.parseDouble(matcher.group(2));
      }
    }
    whole.values().removeIf(line -> !line.path("loss").isNumber());
    metrics.keep(kept);
    start -= Math.round(1e9 * seconds);
    if (whole.size() < steps) { // an early version had no such file
      LOG.warn("{} of {} steps have a line in {}/metrics.jsonl", whole.size(), steps, folder);
    }
    return whole;
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

  /** The loss of each step so far, but for lines that somebody has changed. */
  double[] losses() throws IOException {
    return losses
        .text()
        .lines()
        .filter(line -> LOSS.matcher(line).matches())
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(',') + 1)))
        .toArray();
  }

  /** Has the system write to the disk what it has been given. */
  void force() {
    losses.force();
    metrics.force();
  }

  @Override
  public void close() {
    try (metrics) {
      losses.close();
    }
  }
}
