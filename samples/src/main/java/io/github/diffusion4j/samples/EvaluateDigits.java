package io.github.diffusion4j.samples;

import io.github.diffusion4j.Sampler;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.Tensors;
import io.github.diffusion4j.metric.FrechetDistance;
import io.github.diffusion4j.onnx.OnnxDenoiser;
import io.github.diffusion4j.train.data.Dataset;
import io.github.diffusion4j.train.data.Mnist;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
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

  @Option(names = "--model", description = "The exported model.")
  private Path model = Path.of("samples/models/digits.onnx");

  @Option(names = "--judge", description = "The classifier.")
  private Path judge = Path.of("samples/models/judge.onnx");

  @Option(names = "--data", description = "The folder of the MNIST files.")
  private Path data = Path.of("samples/data/mnist");

  @Option(names = "--guidance", description = "The scale of classifier-free guidance.")
  private double guidance = 5;

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
    int asAsked = 0;
    List<Tensor> drawn = new ArrayList<>();
    try (OnnxDenoiser denoiser = OnnxDenoiser.open(model);
        Judge classifier = new Judge(judge)) {
      Sampler sampler = Sampler.of(denoiser);
      for (int first = 0; first < images; first += BATCH) {
        int[] labels = Digits.rows(Digits.all(), BATCH / Digits.CLASSES);
        Tensor digits = sampler.sample(Digits.request(labels, guidance).steps(steps).seed(first));
        Judge.Verdict verdict = classifier.judge(digits);
        drawn.add(verdict.features());
        asAsked +=
            (int) IntStream.range(0, BATCH).filter(i -> verdict.digit(i) == labels[i]).count();
        System.err.println((first + BATCH) + " of " + images);
      }
      System.out.printf(
          "guidance %s, %d steps, seeds 0 to %d: %d of %d digits read as asked (%.4f)%n",
          guidance, steps, images - 1, asAsked, images, (double) asAsked / images);
      Tensor real = features(classifier, Mnist.test(data));
      System.out.printf(
          "Fréchet distance to the %d test digits: %.3f%n",
          real.shape().batch(), FrechetDistance.between(Tensors.concat(drawn), real));
    }
    return 0;
  }

  private static Tensor features(Judge classifier, Dataset digits) throws Exception {
    List<Tensor> features = new ArrayList<>();
    for (int first = 0; first < digits.size(); first += BATCH) {
      features.add(classifier.judge(digits.images(first, first + BATCH)).features());
    }
    return Tensors.concat(features);
  }
}
