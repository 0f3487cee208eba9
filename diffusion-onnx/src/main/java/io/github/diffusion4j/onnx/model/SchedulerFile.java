package io.github.diffusion4j.onnx.model;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.SchedulerConfig;
import java.nio.file.Path;

/** Reads files named {@code scheduler_config.json}. */
final class SchedulerFile {

  private SchedulerFile() {}

  static SchedulerConfig read(Path file) {
    try {
      return SchedulerConfig.of(JsonObject.read(file).fields());
    } catch (IllegalArgumentException e) {
      throw new DiffusionException(file + ": " + e.getMessage(), e);
    }
  }
}
