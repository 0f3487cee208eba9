package io.github.diffusion4j.samples.parta;

import io.github.diffusion4j.Noise;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.Tensors;
import io.github.diffusion4j.onnx.model.DeepFloydIf;
import io.github.diffusion4j.pipeline.Pipeline;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Part 1.3: what the network takes for the clean picture, asked once. */
@Command(
    name = "OneStepDenoising",
    description = "Noises a picture, and takes the noise off at once; a column a position.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class OneStepDenoising implements Callable<Integer> {

  @Mixin private ModelOptions options;

  @Option(names = "--image", description = "The picture.")
  private Path image = Path.of(ModelOptions.PHOTO);

  @Option(names = "--positions", split = ",", description = "The positions of the schedule.")
  private List<Integer> positions = List.of(250, 500, 750);

  @Option(names = "--prompt", description = "What the network is told.")
  private String prompt = ModelOptions.HIGH_QUALITY;

  public static void main(String[] args) {
    ModelOptions.run(new OneStepDenoising(), args);
  }

  @Override
  public Integer call() {
    try (DeepFloydIf model = options.open()) {
      Pipeline<String> stage = model.stage1();
      Tensor picture = ModelOptions.picture(stage, image);
      List<Tensor> columns = new ArrayList<>(List.of(Tensors.concat(List.of(picture, picture))));
      for (int position : positions) {
        Tensor noisy = stage.noised(picture, position, Noise.perImage(options.seed()));
        Tensor clean = stage.denoiseOnce(noisy, position, prompt);
        columns.add(Tensors.concat(List.of(noisy, clean)));
      }
      options.write(columns, List.of(Map.of("positions", positions.toString(), "prompt", prompt)));
    }
    return 0;
  }
}
