package io.github.diffusion4j.samples.partb;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.diffusion4j.samples.LossChart;
import io.github.diffusion4j.train.TrainedDenoiser;
import io.github.diffusion4j.train.data.Dataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The record of a run: what was asked, how far it came, every step's loss, and pictures of the
 * epochs that the course's page shows. All of it is read from the run's folder, up to its last
 * checkpoint, so that a record says no more than what was done.
 */
final class RunRecord {

  private static final int LAST_STEPS = 200;
  private static final ObjectMapper JSON = new ObjectMapper();

  private RunRecord() {}

  /**
   * Writes a record.
   *
   * @param run which run it is
   * @param folder the folder that it was made in
   * @param train the images that it was trained on
   * @param test images that it was not trained on
   * @param record the folder to write to
   * @param isAnimated whether to write the way of sampled digits out of the noise too, about 3 MB
   *     for each epoch that is shown
   * @param judge a classifier to read the digits of a network that is told classes, if any
   * @throws Exception if a file cannot be read or written, or is not that of a classifier
   */
  static void write(
      CourseRun run,
      Path folder,
      Dataset train,
      Dataset test,
      Path record,
      boolean isAnimated,
      Optional<Path> judge)
      throws Exception {
    Files.createDirectories(record);
    List<Path> checkpoints = checkpoints(folder);
    Map<String, Object> judged = new LinkedHashMap<>();
    for (Path checkpoint : checkpoints) {
      String stem = checkpoint.getFileName().toString().replace(".safetensors", "");
      try (TrainedDenoiser denoiser = TrainedDenoiser.open(checkpoint)) {
        RunPictures.write(run.kind(), denoiser, train, test, record, stem, isAnimated);
        if (judge.isPresent() && run.kind().isToldClass()) {
          judged.put(stem, RunMeasures.judged(denoiser, judge.get(), test));
        }
      }
    }
    Map<String, Object> settings;
    try (TrainedDenoiser denoiser = TrainedDenoiser.open(folder)) {
      settings = settings(run, denoiser.metadata());
      Map<String, Object> measures = RunMeasures.of(run.kind(), denoiser, train, test);
      if (!judged.isEmpty()) {
        measures.put("judged", judged);
      }
      settings.put("measures", measures);
    }
    long steps = ((Number) settings.get("stepsDone")).longValue();
    List<String> losses =
        Files.readAllLines(folder.resolve("loss.csv")).stream().limit(steps + 1).toList();
    Files.write(record.resolve("loss.csv"), losses);
    settings.put("meanLossOfLastSteps", lastMean(losses));
    settings.put("lastSteps", Math.min(LAST_STEPS, steps));
    settings.put("wallSeconds", Math.round(seconds(folder, steps)));
    JSON.writerWithDefaultPrettyPrinter()
        .writeValue(record.resolve("settings.json").toFile(), settings);
    if (steps > 1) {
      LossChart.write(title(settings), record.resolve("loss.csv"), record.resolve("loss.png"));
    }
  }

  /** The settings and measures of a record. */
  static Map<?, ?> read(Path record) throws IOException {
    return JSON.readValue(record.resolve("settings.json").toFile(), Map.class);
  }

  private static List<Path> checkpoints(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".safetensors")).sorted().toList();
    }
  }

  private static Map<String, Object> settings(CourseRun run, Map<String, String> metadata)
      throws IOException {
    Map<String, Object> settings = new LinkedHashMap<>();
    Map<?, ?> training = JSON.readValue(metadata.get("diffusion4j.training"), Map.class);
    Map<?, ?> network = JSON.readValue(metadata.get("diffusion4j.network"), Map.class);
    List<?> losses = JSON.readValue(metadata.get("diffusion4j.epochLosses"), List.class);
    int asked = ((Number) training.get("epochs")).intValue();
    settings.put("name", run.name());
    settings.put("isFinished", losses.size() == asked);
    settings.put("epochsDone", losses.size());
    settings.put("epochsAsked", asked);
    settings.put("stepsDone", Long.parseLong(metadata.get("diffusion4j.steps")));
    settings.put("stepsOfUnfinishedEpoch", JSON.readTree(metadata.get("diffusion4j.epochSteps")));
    settings.put("meanLossOfEpochs", losses);
    settings.put("width", network.get("width"));
    settings.put("widthOfTheCourse", run.kind().courseWidth());
    settings.put("network", network);
    settings.put("training", training);
    settings.put("data", JSON.readTree(metadata.get("diffusion4j.data")));
    settings.put("version", metadata.get("diffusion4j.version"));
    settings.put("machine", metadata.getOrDefault("diffusion4j.machine", "unknown"));
    return settings;
  }

  /** The time of the steps that count, of every stretch of the run together. */
  private static double seconds(Path folder, long steps) throws IOException {
    double sum = 0;
    double last = 0;
    for (String line : Files.readAllLines(folder.resolve("metrics.jsonl"))) {
      if (steps-- > 0) {
        double seconds = JSON.readTree(line).get("seconds").asDouble();
        // Where an earlier version made it, each stretch counts from its own start.
        sum += seconds < last ? seconds : seconds - last;
        last = seconds;
      }
    }
    return sum;
  }

  private static double lastMean(List<String> losses) {
    return losses.stream()
        .skip(Math.max(1, losses.size() - LAST_STEPS))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(',') + 1)))
        .average()
        .orElse(Double.NaN);
  }

  /** Which run this is and how much of it there is. */
  static String title(Map<?, ?> settings) {
    return settings.get("name")
        + ", D = "
        + settings.get("width")
        + ", "
        + settings.get("epochsDone")
        + " of "
        + settings.get("epochsAsked")
        + " epochs";
  }
}
