package io.github.diffusion4j.samples;

import io.github.diffusion4j.Conditioning;
import io.github.diffusion4j.Frame;
import io.github.diffusion4j.Guidance;
import io.github.diffusion4j.Sampler;
import io.github.diffusion4j.Sampling;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.image.AnimatedGif;
import io.github.diffusion4j.image.Images;
import io.github.diffusion4j.image.Png;
import io.github.diffusion4j.onnx.OnnxDenoiser;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Draws digits with an exported model: a grid as PNG and the way there as GIF. */
@Command(
    name = "SampleDigits",
    description = "Draws digits with an exported class-conditional model.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
public final class SampleDigits implements Callable<Integer> {

  @Option(names = "--model", description = "The exported model.")
  private Path model = Path.of("samples/models/digits.onnx");

  @Option(names = "--digits", description = "The digits of a row, for example 0123456789.")
  private String digits = "0123456789";

  @Option(names = "--rows", description = "How many rows.")
  private int rows = 4;

  @Option(names = "--guidance", description = "The scale of classifier-free guidance.")
  private double guidance = 5;

  @Option(names = "--steps", description = "The number of steps.")
  private int steps = 50;

  @Option(names = "--seed", description = "The seed of the first image.")
  private long seed;

  @Option(names = "--png", description = "Where to write the grid.")
  private Path png = Path.of("digits.png");

  @Option(names = "--gif", description = "Where to write an animation of the sampling, if at all.")
  private Path gif = Path.of("");

  private SampleDigits() {}

  /**
   * Draws.
   *
   * @param args options; {@code --help} lists them
   */
  public static void main(String[] args) {
    System.exit(new CommandLine(new SampleDigits()).execute(args));
  }

  @Override
  public Integer call() {
    int[] labels = repeated(labels(digits), rows);
    Sampling request = request(labels, guidance).steps(steps).seed(seed);
    try (OnnxDenoiser denoiser = OnnxDenoiser.open(model)) {
      Sampler sampler = Sampler.of(denoiser, denoiser.schedule());
      draw(sampler, request, digits.length());
    }
    return 0;
  }
}
