package io.github.diffusion4j.samples;

import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.onnx.OnnxDenoiser;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Measures an exported model by the judge, a classifier of digits: how many of its digits read as
 * asked, and the Fréchet distance of the judge's features between its digits and MNIST's test set.
 */
@Command(
    name = "EvaluateDigits",
    description = "Measures the digits of an exported class-conditional model.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class EvaluateDigits implements Callable<Integer> {

  private static final int BATCH = 100;

  @Mixin private JudgedDigits judged;

  @Option(names = "--steps", description = "The number of steps.")
  private int steps = 50;

  @Option(names = "--images", description = "How many digits to sample, a multiple of 100.")
  private int images = 400;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  public static void main(String[] args) {
    System.exit(new CommandLine(new EvaluateDigits()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    if (images < BATCH || images % BATCH != 0) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--images takes a multiple of " + BATCH + ", got " + images);
    }
    try (OnnxDenoiser denoiser = judged.openModel();
        Judge classifier = judged.openJudge()) {
      JudgedDigits.Score score =
          judged.score(
              denoiser,
              classifier,
              request -> request.steps(steps),
              images,
              BATCH,
              done -> System.err.println(done + " of " + images));
      int asAsked = score.asAsked();
      System.out.printf(
          "guidance %s, %d steps, seeds 0 to %d: %d of %d digits read as asked (%.4f)%n",
          judged.guidance(), steps, images - 1, asAsked, images, (double) asAsked / images);
      Tensor real = JudgedDigits.features(classifier, judged.test());
      System.out.printf(
          "Fréchet distance to the %d test digits: %.3f%n",
          real.shape().batch(), score.distance(real));
    }
    return 0;
  }
}
