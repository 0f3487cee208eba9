package io.github.diffusion4j.onnx.model;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.SchedulerConfig;
import java.nio.file.Path;

/** Reads files of diffusers named {@code scheduler_config.json}. */
public final class SchedulerFile {

  private SchedulerFile() {}

  /**
   * Reads a configuration.
   *
   * @param file the file
   * @return the configuration
   * @throws DiffusionException if it cannot be read, is not JSON, or is none that {@link
   *     SchedulerConfig} takes; the message names the file and the field
   */
  public static SchedulerConfig read(Path file) {
    try {
      return SchedulerConfig.of(JsonObject.read(file).fields());
    } catch (IllegalArgumentException e) {
      throw new DiffusionException(file + ": " + e.getMessage(), e);
    }
  }
}
