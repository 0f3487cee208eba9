package io.github.diffusion4j.samples.parta;

import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.onnx.model.DeepFloydIf;
import io.github.diffusion4j.pipeline.Loop;
import io.github.diffusion4j.pipeline.Pipeline;
import io.github.diffusion4j.pipeline.Request;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Part 1.7: images like a given one; the further right, the more is kept (SDEdit). */
@Command(
    name = "Sdedit",
    description = "Noises a picture to several levels and denoises it; the picture on the right.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class Sdedit implements Callable<Integer> {

  @Mixin private ModelOptions options;

  @Option(names = "--image", description = "The picture.")
  private Path image = Path.of(ModelOptions.PHOTO);

  @Option(names = "--levels", split = ",", description = "Indices on the timeline 990, 960, …, 0.")
  private List<Integer> levels = List.of(1, 3, 5, 7, 10, 20);

  @Option(names = "--prompt", description = "What to show.")
  private String prompt = ModelOptions.HIGH_QUALITY;

  public static void main(String[] args) {
    ModelOptions.run(new Sdedit(), args);
  }

  @Override
  public Integer call() {
    try (DeepFloydIf model = options.open()) {
      Pipeline<String> course = model.stage1().loop(Loop.course());
      Tensor picture = ModelOptions.picture(course, image);
      List<Tensor> columns = new ArrayList<>();
      List<Map<String, String>> settings = new ArrayList<>();
      for (int level : levels) {
        Request<String> request = course.edit(picture, level, prompt).seed(options.seed());
        columns.add(request.tensor());
        settings.add(request.settings());
      }
      columns.add(picture);
      options.write(columns, settings);
    }
    return 0;
  }
}
