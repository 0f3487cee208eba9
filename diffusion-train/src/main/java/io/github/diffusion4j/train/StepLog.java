package io.github.diffusion4j.train;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.diffusion4j.DiffusionException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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
   * Goes on after so many steps. Losses that somebody has removed are those of the metrics.
   *
   * @throws DiffusionException if the losses of these steps are in neither file, which then are as
   *     they were
   */
  void goOn(int steps) throws IOException {
    String[] lines = losses.text().split("\n", -1);
    int whole = whole(lines, steps);
    if (whole <= steps) {
      List<String> rest = rest(lines, whole, steps);
      losses.keep(whole);
      rest.forEach(losses::append);
    }
    losses.keep(steps + 1L);
    keepMetrics(steps);
  }

  /** How many lines, the header the first, are what they must be; the last may be cut. */
  private static int whole(String[] lines, int steps) {
    int whole = 0;
    while (whole <= steps && whole < lines.length - 1 && isRight(lines[whole], whole)) {
      whole++;
    }
    return whole;
  }

  private static boolean isRight(String line, int step) {
    return step == 0
        ? line.startsWith(STEPS)
        : line.startsWith(step + ",") && LOSS.matcher(line).matches();
  }

  private static double loss(String line) {
    return Double.parseDouble(line.substring(line.indexOf(',') + 1));
  }

  /** The lines from one on as the metrics tell them, or else as they are. */
  private List<String> rest(String[] lines, int from, int steps) throws IOException {
    Map<Integer, String> told = new TreeMap<>(Map.of(0, STEPS));
    for (String line : metrics.text().split("\n", -1)) {
      JsonNode all = Settings.ofText(line);
      if (all.path("loss").isNumber()) {
        int step = all.path("step").asInt();
        told.put(step, step + "," + all.path("loss").asDouble());
      }
    }
    List<String> rest = new ArrayList<>();
    for (int step = from; step <= steps; step++) {
      String line = step < lines.length ? lines[step] : "";
      if (!told.containsKey(step) && !isRight(line, step)) {
        throw new DiffusionException(
            "file %s must have the losses of %d steps, or metrics.jsonl, found %s in place of that of step %d"
                .formatted(
                    folder.resolve("loss.csv"),
                    steps,
                    line.isBlank() ? "none" : line.substring(0, Math.min(40, line.length())),
                    step));
      }
      rest.add(told.getOrDefault(step, line));
    }
    LOG.warn("{} lines of {}/loss.csv are taken from metrics.jsonl", rest.size(), folder);
    return rest;
  }

  /** Keeps the metrics of some steps, and goes on after the seconds of the last. */
  private void keepMetrics(int steps) throws IOException {
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
    start -= Math.round(1e9 * seconds);
    if (whole < steps) { // an early version had no such file
      LOG.warn("{} of {} steps have a line in {}/metrics.jsonl", whole, steps, folder);
    }
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
        .mapToDouble(StepLog::loss)
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
