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

/** Parts 1.1 and 1.2: a picture with more and more noise, and what a Gaussian blur makes of it. */
@Command(
    name = "ForwardProcess",
    description = "Noises a picture, and blurs it; a column a position, clean on the left.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class ForwardProcess implements Callable<Integer> {

  /** What students of the course found best at 64×64. */
  private static final Map<Integer, Double> DEVIATIONS = Map.of(250, 1.0, 500, 1.5, 750, 2.0);

  @Mixin private ModelOptions options;

  @Option(names = "--image", description = "The picture.")
  private Path image = Path.of(ModelOptions.PHOTO);

  @Option(names = "--positions", split = ",", description = "The positions of the schedule.")
  private List<Integer> positions = List.of(250, 500, 750);

  public static void main(String[] args) {
    ModelOptions.run(new ForwardProcess(), args);
  }

  @Override
  public Integer call() {
    try (DeepFloydIf model = options.open()) {
      Pipeline<String> stage = model.stage1();
      Tensor picture = ModelOptions.picture(stage, image);
      List<Tensor> columns = new ArrayList<>(List.of(Tensors.concat(List.of(picture, picture))));
      for (int position : positions) {
        Tensor noisy = stage.noised(picture, position, Noise.perImage(options.seed()));
        columns.add(Tensors.concat(List.of(noisy, blurred(noisy, position))));
      }
      options.write(columns, List.of(Map.of("positions", positions.toString())));
    }
    return 0;
  }

  /** The course's classical denoising: a stronger blur for more noise. */
  static Tensor blurred(Tensor noisy, int position) {
    double deviation = DEVIATIONS.getOrDefault(position, position / 375.0);
    int kernel = 3 + 4 * (int) Math.ceil(deviation);
    return ModelOptions.blur(kernel, deviation, noisy.shape().size(2)).apply(noisy);
  }
}
