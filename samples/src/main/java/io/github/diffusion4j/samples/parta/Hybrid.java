package io.github.diffusion4j.samples.parta;

import io.github.diffusion4j.Filter;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.onnx.model.DeepFloydIf;
import io.github.diffusion4j.pipeline.Loop;
import io.github.diffusion4j.pipeline.Pipeline;
import io.github.diffusion4j.pipeline.Request;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Part 1.9: an image that shows one thing from far away and another from near. */
@Command(
    name = "Hybrid",
    description = "Makes a hybrid image; the image, then how it looks from far away.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class Hybrid implements Callable<Integer> {

  @Mixin private ModelOptions options;

  @Parameters(index = "0", description = "What is to be seen from far away.")
  private String far = "";

  @Parameters(index = "1", description = "What is to be seen from near.")
  private String near = "";

  @Option(names = "--kernel", description = "The taps of the Gaussian blur, fewer if it must be.")
  private int kernel = 33;

  @Option(names = "--deviation", description = "Its σ in pixels.")
  private double deviation = 2;

  public static void main(String[] args) {
    ModelOptions.run(new Hybrid(), args);
  }

  @Override
  public Integer call() {
    try (DeepFloydIf model = options.open()) {
      Pipeline<String> course = model.stage1().loop(Loop.course());
      int side = ModelOptions.side(course);
      int fitting = ModelOptions.kernel(kernel, side);
      if (fitting < kernel) {
        System.out.println("Kernel " + fitting + ", the largest for this size, not " + kernel);
      }
      Filter low = ModelOptions.blur(fitting, deviation, side);
      Request<String> request = course.hybrid(low, far, near).seed(options.seed());
      Tensor image = request.tensor();
      options.write(List.of(image, low.apply(image)), List.of(request.settings()));
    }
    return 0;
  }
}
