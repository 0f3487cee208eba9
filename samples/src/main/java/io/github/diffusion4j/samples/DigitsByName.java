package io.github.diffusion4j.samples;

import io.github.diffusion4j.Conditioning;
import io.github.diffusion4j.Guidance;
import io.github.diffusion4j.Sampler;
import io.github.diffusion4j.Sampling;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.image.ImageGrid;
import io.github.diffusion4j.image.PixelRange;
import io.github.diffusion4j.image.Png;
import io.github.diffusion4j.train.RateSchedule;
import io.github.diffusion4j.train.ResidualUNet;
import io.github.diffusion4j.train.TrainedDenoiser;
import io.github.diffusion4j.train.Trainer;
import io.github.diffusion4j.train.Training;
import io.github.diffusion4j.train.data.Dataset;
import io.github.diffusion4j.train.data.Mnist;
import io.github.diffusion4j.train.net.Input;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Trains a network that is told a text: the name of a digit, letter by letter. */
@Command(
    name = "DigitsByName",
    description = "Trains a text-conditional network on MNIST, and draws digits by their names.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class DigitsByName implements Callable<Integer> {

  private static final List<String> NAMES =
      List.of("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine");
  private static final int LETTERS = 5;

  /** The letter, and its place. */
  private static final int FEATURES = 26 + LETTERS;

  private static final List<Integer> TEXT = List.of(LETTERS, FEATURES);
  private static final double[] SCALES = {1, 3, 5};

  @Option(names = "--width", description = "The number of features of the outermost level.")
  private int width = 32;

  @Option(names = "--epochs", description = "How often every image is seen.")
  private int epochs = 1;

  @Option(names = "--images", description = "The number of MNIST's images that are seen.")
  private int images = 60_000;

  @Option(names = "--each", description = "How many digits of each name are drawn.")
  private int each = 20;

  @Option(names = "--seed", description = "The seed of the run.")
  private long seed;

  @Option(names = "--threads", description = "LibTorch threads; 0 leaves LibTorch's own choice.")
  private int threads;

  @Option(names = "--data", description = "The folder of the MNIST files.")
  private Path data = Path.of("samples/data/mnist");

  @Option(names = "--judge", description = "The classifier.")
  private Path judge = Path.of("samples/models/judge.onnx");

  @Option(
      names = "--run",
      description = "The folder for checkpoints, losses and pictures; goes on from them.")
  private Path run = Path.of("names-run");

  public static void main(String[] args) {
    System.exit(new CommandLine(new DigitsByName()).execute(args));
  }

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    if (each < 1) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--each takes a number of at least 1, got " + each);
    }
    Dataset digits = Mnist.train(data).first(images);
    Dataset named = digits.conditioned(Input.TEXT, TEXT, i -> tokens(NAMES.get(digits.label(i))));
    ResidualUNet network = ResidualUNet.of(width, 1, 2, 2).blocks(1).time().text(LETTERS, FEATURES);
    Training training =
        Training.flowMatching()
            .epochs(epochs)
            .rate(1e-3)
            .rates(RateSchedule.constant())
            .seed(seed)
            .threads(threads);
    try (Judge classifier = new Judge(judge);
        Trainer trainer = Trainer.startOrResume(network, training, named, run)) {
      TrainDigits.train(trainer);
      try (TrainedDenoiser denoiser = trainer.denoiser()) {
        for (double scale : SCALES) {
          draw(denoiser, classifier, scale);
        }
      }
    }
    return 0;
  }

  private static float[] tokens(String name) {
    float[] tokens = new float[LETTERS * FEATURES];
    for (int i = 0; i < name.length(); i++) {
      tokens[i * FEATURES + name.charAt(i) - 'a'] = 1;
      tokens[i * FEATURES + FEATURES - LETTERS + i] = 1;
    }
    return tokens;
  }

  /** A column of each name. */
  private void draw(TrainedDenoiser denoiser, Judge classifier, double scale) throws Exception {
    int[] labels = Digits.rows(Digits.all(), each);
    float[] texts = new float[labels.length * LETTERS * FEATURES];
    for (int i = 0; i < labels.length; i++) {
      float[] tokens = tokens(NAMES.get(labels[i]));
      System.arraycopy(tokens, 0, texts, i * tokens.length, tokens.length);
    }
    Tensor asked = Tensor.of(Shape.of(labels.length, LETTERS, FEATURES), texts);
    Tensor none = Tensor.zeros(Shape.of(1, LETTERS, FEATURES));
    Tensor drawn =
        Sampler.of(denoiser)
            .sample(
                Sampling.fromNoise(Shape.images(labels.length, 1, 28, 28))
                    .seed(seed)
                    .guidance(
                        Guidance.classifierFree(
                            scale,
                            Conditioning.none().global(Input.TEXT, asked),
                            Conditioning.none().global(Input.TEXT, none))));
    Judge.Verdict verdict = classifier.judge(drawn);
    long right =
        IntStream.range(0, labels.length).filter(i -> verdict.digit(i) == labels[i]).count();
    Path picture = run.resolve("guidance-%.0f.png".formatted(scale));
    Png.write(
        picture,
        ImageGrid.columns(NAMES.size()).scale(2).draw(drawn, PixelRange.UNIT),
        denoiser.metadata());
    System.out.printf(
        "guidance %.0f: %d of %d read as asked, %s%n", scale, right, labels.length, picture);
  }
}
