package io.github.diffusion4j.onnx.model;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.NoiseSchedule;
import io.github.diffusion4j.SchedulerConfig;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folder of one stage of a cascade.
 *
 * @param model the folder
 * @param scheduler its scheduler
 * @param unet its network
 */
record Stage(ModelFolder model, SchedulerConfig scheduler, UnetConfig unet) {

  private static final String CONFIG = "scheduler_config.json";

  /** The stage that a folder is, or the stages in it. */
  static List<Stage> in(Path folder) {
    if (Files.exists(folder.resolve(ModelFolder.INDEX)) || !Files.isDirectory(folder)) {
      return List.of(read(folder));
    }
    List<Path> stages =
        Stream.of("stage1", "stage2")
            .map(folder::resolve)
            .filter(stage -> Files.exists(stage, LinkOption.NOFOLLOW_LINKS))
            .toList();
    if (stages.isEmpty()) {
      throw new DiffusionException(
          folder
              + ": expected "
              + ModelFolder.INDEX
              + ", or folders stage1 and stage2, found neither");
    }
    return stages.stream().map(Stage::read).toList();
  }

  private static Stage read(Path folder) {
    ModelFolder model = ModelFolder.read(folder);
    if (model.has("vae") || model.has("vae_decoder")) {
      throw new DiffusionException(
          folder
              + ": expected a pixel model, found a latent one ("
              + model.pipeline()
              + " with a VAE), which cannot be run yet");
    }
    return new Stage(
        model,
        SchedulerFile.read(model.component("scheduler").resolve(CONFIG)),
        UnetConfig.read(model.component("unet").resolve("config.json")));
  }

  Path graph() {
    return model.folder().resolve("unet").resolve("model.onnx");
  }

  /** The schedule of the noise on small images. */
  NoiseSchedule noising() {
    Path component = model.component("image_noising_scheduler");
    return SchedulerFile.read(component.resolve(CONFIG)).schedule();
  }
}
