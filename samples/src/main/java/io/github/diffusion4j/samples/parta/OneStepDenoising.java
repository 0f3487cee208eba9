package io.github.diffusion4j.samples.parta;

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

  @Mixin private PositionOptions options;

  @Option(names = "--prompt", description = "What the network is told.")
  private String prompt = ModelOptions.HIGH_QUALITY;

  public static void main(String[] args) {
    ModelOptions.run(new OneStepDenoising(), args);
  }

  @Override
  public Integer call() {
    options.write(
        (stage, noisy, position) -> stage.denoiseOnce(noisy, position, prompt),
        Map.of("prompt", prompt));
    return 0;
  }
}
