package io.github.diffusion4j.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.NoiseSchedule;
import io.github.diffusion4j.PredictionType;
import io.github.diffusion4j.internal.Checks;
import io.github.diffusion4j.train.data.Dataset;
import io.github.diffusion4j.train.net.Network;
import io.github.diffusion4j.train.net.Outline;
import io.github.diffusion4j.train.net.Values;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that is needed to go on with a run or to use what it has trained.
 *
 * @param network the network
 * @param training the settings
 * @param data name, hash and size of the data set
 * @param steps the number of steps made
 * @param epochLosses the mean loss of each epoch
 * @param tensors parameters and optimiser, by name
 */
record Checkpoint(
    Network network,
    Training training,
    Map<String, Object> data,
    long steps,
    List<Double> epochLosses,
    Map<String, Values> tensors) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String FORMAT = "diffusion4j checkpoint 1";

  static Checkpoint of(
      Batches batches, long steps, List<Double> epochLosses, Map<String, Values> tensors) {
    Dataset data = batches.data();
    Map<String, Object> about = new LinkedHashMap<>();
    about.put("name", data.name());
    about.put("hash", data.hash());
    about.put("size", data.size());
    return new Checkpoint(
        batches.network(), batches.training(), about, steps, List.copyOf(epochLosses), tensors);
  }

  /** The record of the run: names and JSON values. */
  Map<String, String> metadata() {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("format", FORMAT);
    metadata.put("version", Version.text());
    metadata.put("network", json(network.settings()));
    metadata.put("training", json(training.settings()));
    metadata.put("data", json(data));
    metadata.put("steps", Long.toString(steps));
    metadata.put("epochLosses", json(epochLosses));
    return metadata;
  }

  private static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot be written as JSON: " + value, e);
    }
  }

  /**
   * Checks that a run can be read back from its checkpoints.
   *
   * @throws IllegalArgumentException if its network or its settings could not
   */
  static void checkReadable(Network network, Training training) {
    try {
      String settings = json(training.settings());
      Checks.require(
          json(network(JSON.readTree(json(network.settings()))).settings())
              .equals(json(network.settings())),
          () -> "network " + network.settings());
      Checks.require(
          json(training(JSON.readTree(settings)).settings()).equals(settings), () -> settings);
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "a run with a folder must be one that its checkpoints can name: a UNet, a schedule and a"
              + " prediction type that NoiseSchedule.named and PredictionType.named know, got "
              + e.getMessage(),
          e);
    }
  }

  void write(Path file) {
    new Safetensors(metadata(), tensors).write(file);
  }

  static Checkpoint read(Path file) {
    Safetensors saved = Safetensors.read(file);
    Map<String, String> metadata = saved.metadata();
    String format = metadata.getOrDefault("format", "none");
    if (!format.equals(FORMAT)) {
      throw new DiffusionException(
          "file " + file + " is not a checkpoint: expected format " + FORMAT + ", found " + format);
    }
    try {
      JsonNode data = JSON.readTree(text(metadata, "data"));
      Map<String, Object> about = new LinkedHashMap<>();
      about.put("name", data.path("name").asText());
      about.put("hash", data.path("hash").asText());
      about.put("size", data.path("size").asInt());
      List<Double> losses = new ArrayList<>();
      JSON.readTree(text(metadata, "epochLosses"))
          .forEach(loss -> losses.add(Double.valueOf(loss.asText())));
      Checkpoint checkpoint =
          new Checkpoint(
              network(JSON.readTree(text(metadata, "network"))),
              training(JSON.readTree(text(metadata, "training"))),
              about,
              Long.parseLong(text(metadata, "steps")),
              List.copyOf(losses),
              saved.tensors());
      checkpoint.checkTensors(file);
      return checkpoint;
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw new DiffusionException(
          "file " + file + " has a checkpoint header that cannot be understood: " + e.getMessage(),
          e);
    }
  }

  private static String text(Map<String, String> metadata, String name) {
    String text = metadata.get(name);
    if (text == null) {
      throw new IllegalArgumentException("entry " + name + " is missing");
    }
    return text;
  }

  private static Network network(JsonNode settings) {
    String kind = settings.path("network").asText();
    if (!kind.equals("UNet")) {
      throw new IllegalArgumentException("network must be UNet, got " + kind);
    }
    UNet net =
        UNet.width(settings.path("width").asInt())
            .images(settings.path("channels").asInt(), settings.path("size").asInt());
    String time = settings.path("time").asText();
    if (!time.equals("NONE")) {
      net = net.time(UNet.TimeEffect.valueOf(time));
    }
    int classes = settings.path("classes").asInt();
    return classes == 0 ? net : net.classes(classes);
  }

  private static Training training(JsonNode settings) {
    Training training =
        Training.flowMatching()
            .batch(settings.path("batch").asInt())
            .epochs(settings.path("epochs").asInt())
            .rate(settings.path("rate").asDouble())
            .finalRate(settings.path("finalRate").asDouble())
            .conditioningDropout(settings.path("conditioningDropout").asDouble())
            .seed(settings.path("seed").asLong())
            .threads(settings.path("threads").asInt())
            .schedule(NoiseSchedule.named(settings.path("schedule").asText()))
            .prediction(PredictionType.named(settings.path("prediction").asText()));
    return settings.path("double").asBoolean() ? training.inDouble() : training;
  }

  private void checkTensors(Path file) {
    for (Outline.Parameter parameter : Outline.of(network)) {
      checkTensor(file, "model." + parameter.name(), parameter);
      if (parameter.isTrained()) {
        checkTensor(file, "adam.first." + parameter.name(), parameter);
        checkTensor(file, "adam.second." + parameter.name(), parameter);
      }
    }
  }

  private void checkTensor(Path file, String name, Outline.Parameter parameter) {
    String expected = (training.isDouble() ? "F64" : "F32") + " " + parameter.shape();
    String found =
        Optional.ofNullable(tensors.get(name))
            .map(values -> (values.isDouble() ? "F64" : "F32") + " " + values.shape())
            .orElse("none");
    if (!expected.equals(found)) {
      throw new DiffusionException(
          "file " + file + " must have tensor " + name + " as " + expected + ", found " + found);
    }
  }

  /**
   * Checks that data are those of the run.
   *
   * @throws DiffusionException if they are others
   */
  void checkData(Dataset dataset) {
    if (!dataset.hash().equals(data.get("hash"))) {
      throw new DiffusionException(
          "the run was started with data set "
              + data.get("name")
              + " of hash "
              + data.get("hash")
              + ", got "
              + dataset.name()
              + " of hash "
              + dataset.hash());
    }
  }
}
