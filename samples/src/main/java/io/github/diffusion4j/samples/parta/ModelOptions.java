package io.github.diffusion4j.samples.parta;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.Filter;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.image.ImageGrid;
import io.github.diffusion4j.image.Images;
import io.github.diffusion4j.image.PixelRange;
import io.github.diffusion4j.image.Png;
import io.github.diffusion4j.image.Strip;
import io.github.diffusion4j.onnx.Provider;
import io.github.diffusion4j.onnx.model.DeepFloydIf;
import io.github.diffusion4j.onnx.text.PromptEmbeddings;
import io.github.diffusion4j.pipeline.Pipeline;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** What the programs of part A share: the model, the seed, pictures in and pictures out. */
final class ModelOptions {

  /** What the course asks for where it asks for nothing special. */
  static final String HIGH_QUALITY = "a high quality photo";

  static final String PHOTO = "samples/data/images/astronaut.jpg";

  private static final int READABLE = 128;

  @Option(
      names = "--model",
      required = true,
      description = "A folder in the layout of DeepFloyd IF.")
  private Path model = Path.of("");

  @Option(
      names = "--embeddings",
      description = "Embeddings of the prompts (safetensors) in place of the folder's encoder.")
  private Optional<Path> embeddings = Optional.empty();

  @Option(names = "--cuda", description = "Run on CUDA.")
  private boolean cuda;

  @Option(names = "--seed", description = "The seed of the first image.")
  private long seed = 42;

  @Option(names = "--out", description = "Where to write; out.png if not said, PartA to part-a.")
  private Optional<Path> out = Optional.empty();

  DeepFloydIf open() {
    DeepFloydIf.Builder builder = DeepFloydIf.builder(model);
    builder.provider(cuda ? Provider.cuda() : Provider.cpu());
    embeddings.map(PromptEmbeddings::read).ifPresent(builder::embeddings);
    return builder.open();
  }

  /** Runs a program; what it refuses is said in one line. */
  static void run(Callable<Integer> program, String[] args) {
    CommandLine line = new CommandLine(program);
    line.setExecutionExceptionHandler(
        (failure, command, parsed) -> {
          if (failure instanceof DiffusionException
              || failure instanceof IllegalArgumentException) {
            command.getErr().println(failure.getMessage());
            return command.getCommandSpec().exitCodeOnExecutionException();
          }
          throw failure;
        });
    System.exit(line.execute(args));
  }

  /** What the model's folder is called. */
  String name() {
    return model.toAbsolutePath().normalize().toFile().getName();
  }

  /** Whether the folder has a stage II, as {@link DeepFloydIf#open} looks for it. */
  boolean hasStage2() {
    return Files.isDirectory(model.resolve("stage2"));
  }

  long seed() {
    return seed;
  }

  Path out(String usual) {
    return out.orElse(Path.of(usual));
  }

  /** A picture in the model's size and range. */
  static Tensor picture(Pipeline<String> pipeline, Path file) {
    return Images.readSquare(file, side(pipeline), pipeline.range());
  }

  static int side(Pipeline<String> pipeline) {
    return pipeline.image().size(2);
  }

  /**
   * The kernel that is wanted, or the largest odd one that images of a size can be blurred with.
   */
  static int kernel(int wanted, int side) {
    return Math.min(wanted, 2 * side - 1);
  }

  /** The course's blur by a kernel that fits. */
  static Filter blur(int kernel, double deviation, int side) {
    return Filter.gaussianBlur(kernel(kernel, side), deviation);
  }

  /** Writes the images of a batch side by side, with what made them. */
  void write(Tensor images, Map<String, String> request) {
    write(row(images), List.of(request));
  }

  /** The images of a batch, one by one. */
  static List<Tensor> row(Tensor images) {
    return IntStream.range(0, images.shape().batch())
        .mapToObj(i -> images.images(i, i + 1))
        .toList();
  }

  /** Writes batches as the columns of a picture, with what made them. */
  void write(List<Tensor> columns, List<Map<String, String>> requests) {
    write(Strip.of(columns), merged(requests));
  }

  void write(Strip strip, Map<String, String> request) {
    Path file = out("out.png");
    write(file, strip, request);
    System.out.println("Wrote " + file);
  }

  static void write(Path file, Strip strip, Map<String, String> settings) {
    Tensor images = strip.images();
    int scale = Math.max(1, READABLE / images.shape().size(3));
    ImageGrid grid = ImageGrid.columns(strip.columns()).scale(scale);
    Png.write(file, grid.draw(images, PixelRange.SIGNED), settings);
  }

  /** Several requests in words: what differs is listed in order, what does not is told once. */
  static Map<String, String> merged(List<Map<String, String>> requests) {
    Map<String, String> merged = new LinkedHashMap<>();
    requests.stream()
        .flatMap(request -> request.keySet().stream())
        .distinct()
        .forEach(
            name -> {
              List<String> values =
                  requests.stream()
                      .filter(request -> request.containsKey(name))
                      .map(request -> request.getOrDefault(name, ""))
                      .toList();
              boolean isOne = values.stream().distinct().count() == 1;
              merged.put(name, isOne ? values.get(0) : String.join("; ", values));
            });
    return merged;
  }
}
