package io.github.diffusion4j.samples.parta;

import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.View;
import io.github.diffusion4j.onnx.model.DeepFloydIf;
import io.github.diffusion4j.pipeline.Look;
import io.github.diffusion4j.pipeline.Loop;
import io.github.diffusion4j.pipeline.Pipeline;
import io.github.diffusion4j.pipeline.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Part 1.8: an image that shows different things to different looks. */
@Command(
    name = "Anagram",
    description = "Makes a visual anagram; the image, then how it looks through each view.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class Anagram implements Callable<Integer> {

  @Mixin private ModelOptions options;

  @Parameters(arity = "2..*", description = "What is to be seen: plainly, then through each view.")
  private List<String> prompts = List.of();

  @Option(
      names = "--view",
      split = ",",
      description =
          "A view for each text but the first: flip, clockwise, counterclockwise, half, negate,"
              + " skew, patches, jigsaw, circle or hinge.")
  private List<String> views = List.of("flip");

  @Option(names = "--course", description = "The course's loop in place of the model's own.")
  private boolean course;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  public static void main(String[] args) {
    ModelOptions.run(new Anagram(), args);
  }

  @Override
  public Integer call() {
    if (views.size() != prompts.size() - 1) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "there is a view for each text but the first, got "
              + views.size()
              + " views and "
              + prompts.size()
              + " texts");
    }
    List<Look<String>> looks = new ArrayList<>();
    looks.add(new Look<>(View.identity(), prompts.get(0)));
    for (int i = 0; i < views.size(); i++) {
      looks.add(new Look<>(view(views.get(i)), prompts.get(i + 1)));
    }
    try (DeepFloydIf model = options.open()) {
      Pipeline<String> stage = course ? model.stage1().loop(Loop.course()) : model.stage1();
      Request<String> request = stage.anagram(looks).seed(options.seed());
      Tensor image = request.tensor();
      options.write(
          looks.stream().map(look -> look.view().apply(image)).toList(),
          List.of(request.settings()));
    }
    return 0;
  }

  /** A view by its name on the command line. */
  static View view(String name) {
    return switch (name) {
      case "flip" -> View.flip();
      case "clockwise" -> View.rotateClockwise();
      case "counterclockwise" -> View.rotateCounterclockwise();
      case "half" -> View.rotateHalf();
      case "negate" -> View.negate();
      case "skew" -> View.skew(1.5);
      case "patches" -> View.patches(8, 0);
      case "jigsaw" -> View.jigsaw(0);
      case "circle" -> View.innerCircle();
      case "hinge" -> View.squareHinge();
      default -> throw new IllegalArgumentException("there is no view " + name + ", see --help");
    };
  }
}
