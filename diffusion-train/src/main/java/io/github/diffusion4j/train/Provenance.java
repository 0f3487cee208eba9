package io.github.diffusion4j.train;

import java.io.IOException;
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
