package io.github.diffusion4j.samples.parta;

import io.github.diffusion4j.Tensor;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Parts 1.1 and 1.2: a picture with more and more noise, and what a Gaussian blur makes of it. */
@Command(
    name = "ForwardProcess",
    description = "Noises a picture, and blurs it; a column a position, clean on the left.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class ForwardProcess implements Callable<Integer> {

  /** What students of the course found best at 64×64. */
  private static final Map<Integer, Double> DEVIATIONS = Map.of(250, 1.0, 500, 1.5, 750, 2.0);

  @Mixin private PositionOptions options;

  public static void main(String[] args) {
    ModelOptions.run(new ForwardProcess(), args);
  }

  @Override
  public Integer call() {
    options.write((stage, noisy, position) -> blurred(noisy, position), Map.of());
    return 0;
  }

  /** The course's classical denoising: a stronger blur for more noise. */
  static Tensor blurred(Tensor noisy, int position) {
    double deviation = DEVIATIONS.getOrDefault(position, position / 375.0);
    int kernel = 3 + 4 * (int) Math.ceil(deviation);
    return ModelOptions.blur(kernel, deviation, noisy.shape().size(2)).apply(noisy);
  }
}
