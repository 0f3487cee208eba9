package io.github.diffusion4j.samples;

import io.github.diffusion4j.Sampler;
import io.github.diffusion4j.Sampling;
import io.github.diffusion4j.onnx.OnnxDenoiser;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Draws digits with an exported model: a grid as PNG and, if asked, the way there as GIF. */
@Command(
    name = "SampleDigits",
    description = "Draws digits with an exported class-conditional model.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class SampleDigits implements Callable<Integer> {

  @Option(names = "--model", description = "The exported model.")
  private Path model = Path.of("samples/models/digits.onnx");

  @Option(names = "--digits", description = "The digits of a row.")
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

  @Option(names = "--gif", description = "Where to write an animation of the sampling.")
  private Optional<Path> gif = Optional.empty();

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  public static void main(String[] args) {
    System.exit(new CommandLine(new SampleDigits()).execute(args));
  }

  @Override
  public Integer call() {
    if (!digits.matches("[0-9]+") || rows < 1) {
      throw new ParameterException(
          spec.commandLine(),
          "--digits takes digits and --rows at least 1, got " + digits + " and " + rows);
    }
    int[] row = digits.chars().map(c -> c - '0').toArray();
    Sampling request = Digits.request(Digits.rows(row, rows), guidance).steps(steps).seed(seed);
    try (OnnxDenoiser denoiser = OnnxDenoiser.open(model)) {
      Digits.draw(Sampler.of(denoiser), request, row.length, png, gif);
    }
    System.out.println("Wrote " + png + gif.map(file -> " and " + file).orElse(""));
    return 0;
  }
}
