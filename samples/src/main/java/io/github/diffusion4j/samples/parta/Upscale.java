package io.github.diffusion4j.samples.parta;

import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.onnx.model.DeepFloydIf;
import io.github.diffusion4j.pipeline.Pipeline;
import io.github.diffusion4j.pipeline.Request;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Both stages: a text, or an anagram of two, in the large size of stage II. */
@Command(
    name = "Upscale",
    description = "Makes an image and enlarges it; of two texts an anagram, which it stays.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class Upscale implements Callable<Integer> {

  @Mixin private ModelOptions options;

  @Parameters(index = "0", description = "What to show.")
  private String prompt = "";

  @Parameters(index = "1", arity = "0..1", description = "What to show through the view.")
  private Optional<String> seen = Optional.empty();

  @Option(names = "--view", description = "The view, named as for Anagram.")
  private String view = "flip";

  @Option(names = "--image", description = "A picture to enlarge in place of a first stage.")
  private Optional<Path> image = Optional.empty();

  @Option(names = "--steps", description = "The number of steps of each stage.")
  private int steps = 50;

  public static void main(String[] args) {
    ModelOptions.run(new Upscale(), args);
  }

  @Override
  public Integer call() {
    try (DeepFloydIf model = options.open()) {
      Tensor small =
          image
              .map(file -> ModelOptions.picture(model.stage1(), file))
              .orElseGet(() -> request(model.stage1()).tensor());
      // The same request, now told the small image too.
      Request<String> large = request(model.stage2(small));
      options.write(large.tensor(), large.settings());
    }
    return 0;
  }

  private Request<String> request(Pipeline<String> stage) {
    Request<String> request =
        seen.map(other -> stage.anagram(prompt, Anagram.view(view), other))
            .orElseGet(() -> stage.generate(prompt));
    return request.steps(steps).seed(options.seed());
  }
}
