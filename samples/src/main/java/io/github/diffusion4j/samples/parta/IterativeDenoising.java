package io.github.diffusion4j.samples.parta;

import io.github.diffusion4j.Frame;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.image.Strip;
import io.github.diffusion4j.onnx.model.DeepFloydIf;
import io.github.diffusion4j.pipeline.Loop;
import io.github.diffusion4j.pipeline.Pipeline;
import io.github.diffusion4j.pipeline.Request;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Part 1.4: a noisy picture, denoised step by step. */
@Command(
    name = "IterativeDenoising",
    description = "Noises a picture and denoises it; every fifth state from left to right.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class IterativeDenoising implements Callable<Integer> {

  @Mixin private ModelOptions options;

  @Option(names = "--image", description = "The picture.")
  private Path image = Path.of(ModelOptions.PHOTO);

  @Option(names = "--start", description = "The index on the timeline 990, 960, …, 0.")
  private int start = 10;

  @Option(names = "--prompt", description = "What the network is told.")
  private String prompt = ModelOptions.HIGH_QUALITY;

  public static void main(String[] args) {
    ModelOptions.run(new IterativeDenoising(), args);
  }

  @Override
  public Integer call() {
    try (DeepFloydIf model = options.open()) {
      Pipeline<String> course = model.stage1().loop(Loop.course());
      Tensor picture = ModelOptions.picture(course, image);
      // Without guidance; the noise of the start and those of the steps are draws of one source.
      Request<String> request =
          course.edit(picture, start, prompt).guidance(1).seed(options.seed());
      Strip strip = Strip.every(5, request.frames(), Frame::sample);
      options.write(strip, request.settings());
    }
    return 0;
  }
}
