package io.github.diffusion4j.train;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.diffusion4j.DiffusionException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.Loader;

/**
 * Where a network comes from.
 *
 * @param version the version of this library that wrote it
 * @param machine the machine that last trained it; empty if that was not written
 * @param origin a JSON list of the {@link Checkpoint#metadata} of the networks that its first
 *     parameters were taken from, the last one first; empty if they were random
 */
record Provenance(String version, String machine, String origin) {

  private static final List<String> MAY_DIFFER = List.of("version", "machine", "data", "ended");

  /** Of a network that is trained by this process. */
  static Provenance here(String origin) {
    return new Provenance(library(), thisMachine(), origin);
  }

  /** What {@link #addTo} wrote. */
  static Provenance of(Map<String, String> metadata) {
    return new Provenance(
        metadata.getOrDefault("version", "unknown"),
        metadata.getOrDefault("machine", ""),
        metadata.getOrDefault("origin", ""));
  }

  /**
   * Checks that first parameters were taken from the same network, wherever it was opened.
   *
   * @param where where this was found, for the message
   * @throws DiffusionException if they were not
   */
  void checkOrigin(String expected, String where) {
    if (!networks(expected).equals(networks(origin))) {
      throw new DiffusionException(
          where
              + " holds a run that began with "
              + (origin.isEmpty() ? "random parameters" : "the parameters of a trained network")
              + ", expected "
              + (expected.isEmpty()
                  ? "random parameters"
                  : "the parameters of this trained network")
              + "; go on with it by Trainer.resume or its network's trainOrResume, or name another"
              + " folder");
    }
  }

  /**
   * The records of an origin without what may differ for one network: where it was written, and
   * what a library says of data and settings, but for the seed; the losses follow from them.
   */
  private static List<Map<String, JsonNode>> networks(String origin) {
    List<Map<String, JsonNode>> networks = records(origin);
    for (Map<String, JsonNode> network : networks) {
      network.keySet().removeAll(MAY_DIFFER);
      network.computeIfPresent("training", (name, training) -> training.path("seed"));
    }
    return networks;
  }

  /** The networks that the first parameters were taken from, as JSON throughout. */
  List<Map<String, JsonNode>> origins() {
    return records(origin);
  }

  private static List<Map<String, JsonNode>> records(String origin) {
    List<Map<String, JsonNode>> origins = new ArrayList<>();
    if (origin.isEmpty()) {
      return origins;
    }
    for (JsonNode each : Settings.of(Map.of("origin", origin), "origin").value()) {
      Map<String, String> texts = new Settings("origin", each).texts();
      Map<String, JsonNode> entries = new LinkedHashMap<>();
      texts.forEach((name, text) -> entries.put(name, Settings.ofText(text)));
      origins.add(entries);
    }
    return origins;
  }

  void addTo(Map<String, String> metadata) {
    metadata.put("version", version);
    if (!machine.isEmpty()) {
      metadata.put("machine", machine);
    }
    if (!origin.isEmpty()) {
      metadata.put("origin", origin);
    }
  }

  /** The version of this library. */
  static String library() {
    return Optional.ofNullable(Provenance.class.getPackage().getImplementationVersion())
        .or(
            () ->
                Provenance.class.getModule().getDescriptor() == null
                    ? Optional.empty()
                    : Provenance.class.getModule().getDescriptor().rawVersion())
        .orElse("unknown");
  }

  private static String thisMachine() {
    return String.format(
        Locale.ROOT,
        "%s, %d processors, %s %s, Java %s, LibTorch %s",
        Processor.here().name(),
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("os.name"),
        System.getProperty("os.arch"),
        System.getProperty("java.version"),
        libTorch());
  }

  private static String libTorch() {
    try {
      return Optional.ofNullable(Loader.getVersion("org.bytedeco", "pytorch")).orElse("unknown");
    } catch (IOException e) {
      return "unknown";
    }
  }
}
