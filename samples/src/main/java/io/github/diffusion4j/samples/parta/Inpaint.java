package io.github.diffusion4j.samples.parta;

import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.Tensors;
import io.github.diffusion4j.image.Masks;
import io.github.diffusion4j.onnx.model.DeepFloydIf;
import io.github.diffusion4j.pipeline.Loop;
import io.github.diffusion4j.pipeline.Pipeline;
import io.github.diffusion4j.pipeline.Request;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Part 1.7.2: new content inside of a mask. */
@Command(
    name = "Inpaint",
    description =
        "Fills a part of a picture; the picture, the hole, and the picture with new content.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class Inpaint implements Callable<Integer> {

  @Mixin private ModelOptions options;

  @Option(names = "--image", description = "The picture.")
  private Path image = Path.of(ModelOptions.PHOTO);

  @Option(names = "--mask", description = "A mask drawn over it, white where to fill.")
  private Optional<Path> mask = Optional.empty();

  @Option(
      names = "--rectangle",
      split = ",",
      description = "Without a mask: top, left, bottom and right in percent of the side.")
  private List<Integer> rectangle = List.of(25, 25, 75, 75);

  @Option(names = "--prompt", description = "What to show.")
  private String prompt = ModelOptions.HIGH_QUALITY;

  public static void main(String[] args) {
    ModelOptions.run(new Inpaint(), args);
  }

  @Override
  public Integer call() {
    try (DeepFloydIf model = options.open()) {
      Pipeline<String> course = model.stage1().loop(Loop.course());
      Tensor picture = ModelOptions.picture(course, image);
      int side = ModelOptions.side(course);
      Tensor hole = mask.map(file -> Masks.read(file, side)).orElseGet(() -> rectangle(side));
      Request<String> request = course.inpaint(picture, hole, prompt).seed(options.seed());
      Tensor without = Tensors.blend(hole, Tensor.zeros(picture.shape()), picture);
      options.write(List.of(picture, without, request.tensor()), List.of(request.settings()));
    }
    return 0;
  }

  private Tensor rectangle(int side) {
    int[] edges = rectangle.stream().mapToInt(percent -> percent * side / 100).toArray();
    return Masks.rectangle(side, side, edges[0], edges[1], edges[2], edges[3]);
  }
}
