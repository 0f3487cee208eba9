package io.github.diffusion4j.train;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.internal.Checks;
import io.github.diffusion4j.internal.ModelMetadata;
import io.github.diffusion4j.train.data.Dataset;
import io.github.diffusion4j.train.net.Network;
import io.github.diffusion4j.train.parameters.Outline;
import io.github.diffusion4j.train.parameters.Values;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Everything that is needed to go on with a run or to use what it has trained.
 *
 * @param network the network
 * @param training the settings
 * @param data name, hash and size of the data set, how many images are held back, names of classes
 * @param provenance where the network comes from
 * @param progress how far the run has come
 * @param tensors parameters and optimiser, by name
 */
record Checkpoint(
    Network network,
    Training training,
    Map<String, Object> data,
    Provenance provenance,
    Progress progress,
    Map<String, Values> tensors) {

  private static final String FIRST_FORMAT = "diffusion4j checkpoint 1";
  private static final String FORMAT = "diffusion4j checkpoint 2";

  private static final String HELD_BACK = "heldBack";

  /** What the format of a run's settings begins with. */
  static final String RUN = "diffusion4j run";

  /** What a checkpoint tells of its data set. */
  static Map<String, Object> about(Dataset data) {
    Map<String, Object> about = new LinkedHashMap<>();
    about.put("name", Objects.requireNonNull(data.name(), "name of the data set"));
    about.put("hash", Objects.requireNonNull(data.hash(), "hash of the data set"));
    about.put("size", data.size());
    data.heldBack().ifPresent(heldBack -> about.put(HELD_BACK, heldBack.size()));
    if (!data.classNames().isEmpty()) {
      about.put(ModelMetadata.CLASS_NAMES, List.copyOf(data.classNames()));
    }
    return about;
  }

  /** This with other settings. */
  Checkpoint with(Training other) {
    return new Checkpoint(network, other, data, provenance, progress, tensors);
  }

  /**
   * This with the checkpoints and the threads of other settings.
   *
   * @param where where it was found, for the message
   * @throws DiffusionException if the network or anything else in the settings differs
   * @throws IllegalArgumentException if they are not ones that a checkpoint can name
   */
  Checkpoint as(Network wanted, Training settings, String where) {
    checkReadable(wanted, settings);
    Training own = training.checkpoints(settings.checkpoints()).threads(settings.threads());
    requireSame(where + " holds a run with another network", wanted.settings(), network.settings());
    requireSame(where + " holds a run with another training", settings.settings(), own.settings());
    return with(own);
  }

  private static void requireSame(
      String what, Map<String, Object> wanted, Map<String, Object> found) {
    Settings.difference(Settings.asRead(wanted), Settings.asRead(found))
        .ifPresent(
            d -> {
              throw new DiffusionException(
                  "%s.%s: it has %s, this program asks for %s; name another folder, or resume that run with its own settings; more epochs or other rates are a run of their own, by TrainedDenoiser.train"
                      .formatted(what, d.name(), d.found(), d.expected()));
            });
  }

  /** The record of the run: names and JSON values. */
  Map<String, String> metadata() {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("format", FORMAT);
    provenance.addTo(metadata);
    metadata.put("network", Settings.write(network.settings()));
    metadata.put("training", Settings.write(training.settings()));
    metadata.put("data", Settings.write(data));
    progress.putInto(metadata);
    return metadata;
  }

  /** Where its network comes from once this process goes on, if there is more to be trained. */
  Provenance provenanceHere() {
    return progress.isOver(training) ? provenance : Provenance.here(provenance.origin());
  }

  /** The names of the classes in its data, if they have names. */
  List<String> classNames() {
    return data.get(ModelMetadata.CLASS_NAMES) instanceof List<?> names
        ? names.stream().map(String::valueOf).toList()
        : List.of();
  }

  /** Whether images are held back from training. */
  boolean isValidated() {
    return data.containsKey(HELD_BACK);
  }

  /** What does not change from one checkpoint to the next, to be written as JSON. */
  Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("format", RUN + " 1");
    settings.put("version", provenance.version());
    settings.put("machine", provenance.machine());
    if (!provenance.origin().isEmpty()) {
      settings.put("origin", provenance.origins());
    }
    settings.put("network", network.settings());
    settings.put("training", training.settings());
    settings.put("data", data);
    return settings;
  }

  /**
   * Checks that a run can be read back from its checkpoints.
   *
   * @throws IllegalArgumentException if its network or its settings could not
   */
  static void checkReadable(Network network, Training training) {
    Map<String, Object> none = Map.of();
    Map<String, String> header =
        new Checkpoint(network, training, none, Provenance.here(""), Progress.NONE, Map.of())
            .metadata();
    try {
      Networks.checkIsBuilt(network, Settings.of(header, "network"));
      Map<String, Object> settings =
          TrainingSettings.read(Settings.of(header, "training")).settings();
      Checks.require(settings.equals(training.settings()), () -> training.toString());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "a run with a folder must be one that its checkpoints can name, with a schedule and a"
              + " prediction type that NoiseSchedule.named and PredictionType.named know: "
              + e.getMessage(),
          e);
    }
  }

  void write(Path file) {
    new Safetensors(metadata(), tensors).write(file);
  }

  static Checkpoint read(Path file) {
    Checkpoint checkpoint = of("file " + file, Safetensors.read(file));
    checkpoint.checkTensors(file);
    return checkpoint;
  }

  /** Worker 0's checkpoint on another worker, by its {@link #metadata} as JSON, without tensors. */
  static Checkpoint told(String json) {
    String source = "worker 0's checkpoint";
    Map<String, String> metadata = Settings.of(Map.of(source, json), source).texts();
    return of(source, new Safetensors(metadata, Map.of()));
  }

  private static Checkpoint of(String source, Safetensors saved) {
    Map<String, String> metadata = saved.metadata();
    String format = metadata.getOrDefault("format", "none");
    boolean isFirst = format.equals(FIRST_FORMAT);
    if (!isFirst && !format.equals(FORMAT)) {
      throw new DiffusionException(
          source
              + " is not a checkpoint that this version reads: expected format "
              + FORMAT
              + " or 1, found "
              + format);
    }
    try {
      Settings data = Settings.of(metadata, "data");
      Map<String, Object> about = new LinkedHashMap<>();
      about.put("name", data.text("name"));
      about.put("hash", data.text("hash"));
      about.put("size", Checks.atLeast(1, data.whole("size"), "size of data"));
      if (data.has(HELD_BACK)) {
        about.put(HELD_BACK, Checks.atLeast(1, data.whole(HELD_BACK), "heldBack of data"));
      }
      if (data.has(ModelMetadata.CLASS_NAMES)) {
        about.put(ModelMetadata.CLASS_NAMES, data.list(ModelMetadata.CLASS_NAMES));
      }
      Checkpoint checkpoint =
          new Checkpoint(
              Networks.of(Settings.of(metadata, "network")),
              TrainingSettings.read(Settings.of(metadata, "training")),
              about,
              Provenance.of(metadata),
              Progress.of(metadata, isFirst),
              saved.tensors());
      checkpoint.progress().check(checkpoint.training(), data.whole("size"));
      Outline.of(checkpoint.network()); // throws if it has too many values
      return checkpoint;
    } catch (IllegalArgumentException | IllegalStateException | ArithmeticException e) {
      throw new DiffusionException(
          source + " has a checkpoint header that cannot be understood: " + e.getMessage(), e);
    }
  }

  /** The tensors that sampling uses, as the model's: their moving average if the run keeps one. */
  Map<String, Values> sampled() {
    if (training.optimiser().ema() == 0) {
      return tensors;
    }
    Map<String, Values> sampled = new TreeMap<>();
    for (Outline.Parameter parameter : Outline.of(network)) {
      sampled.put("model." + parameter.name(), tensor("average." + parameter.name()));
    }
    return sampled;
  }

  private Values tensor(String name) {
    return Objects.requireNonNull(tensors.get(name), name);
  }

  private void checkTensors(Path file) {
    for (Outline.Parameter parameter : Outline.of(network)) {
      checkTensor(file, "model." + parameter.name(), parameter);
      if (training.optimiser().ema() > 0) {
        checkTensor(file, "average." + parameter.name(), parameter);
      }
      if (parameter.isTrained()) {
        checkTensor(file, "adam.first." + parameter.name(), parameter);
        checkTensor(file, "adam.second." + parameter.name(), parameter);
      }
    }
  }

  private void checkTensor(Path file, String name, Outline.Parameter parameter) {
    String expected =
        (training.precision() == Precision.FLOAT64 ? "F64" : "F32") + " " + parameter.shape();
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
   * @param found what {@link #about} tells of them
   * @throws DiffusionException if they are others
   */
  void checkData(Map<String, Object> found) {
    boolean hadHeldBack = !progress.validationLosses().isEmpty();
    if (progress.epochs() > 0 && hadHeldBack != found.containsKey(HELD_BACK)) {
      throw new DiffusionException(
          "the run has losses on images held back after "
              + progress.validationLosses().size()
              + " of "
              + progress.epochs()
              + " epochs, data set "
              + found.get("name")
              + " holds "
              + found.getOrDefault(HELD_BACK, "no")
              + " images back");
    }
    if (!Objects.equals(found.get("hash"), data.get("hash"))) {
      List<String> plain =
          Stream.of("size", "name")
              .filter(entry -> !Objects.equals(data.get(entry), found.get(entry)))
              .toList();
      List<String> told = plain.isEmpty() ? List.of("hash") : plain;
      String difference =
          told.stream()
              .map(entry -> entry + " " + data.get(entry) + ", found " + found.get(entry))
              .collect(Collectors.joining("; expected "));
      throw new DiffusionException("the run was started with other data: expected " + difference);
    }
  }
}
