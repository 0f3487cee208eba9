package io.github.diffusion4j.samples.parta;

import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.onnx.model.DeepFloydIf;
import io.github.diffusion4j.pipeline.Loop;
import io.github.diffusion4j.pipeline.Pipeline;
import io.github.diffusion4j.pipeline.Request;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Part 1.7.3: a picture that becomes what a text says. */
@Command(
    name = "TextConditionalEdit",
    description = "Turns a picture into what texts say, a column a text; the picture on the left.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class TextConditionalEdit implements Callable<Integer> {

  @Mixin private ModelOptions options;

  @Parameters(arity = "1..*", description = "The texts.")
  private List<String> prompts = List.of();

  @Option(names = "--image", description = "The picture.")
  private Path image = Path.of(ModelOptions.PHOTO);

  @Option(names = "--level", description = "The index on the timeline: the more, the more is kept.")
  private int level = 7;

  @Option(names = "--guidance", description = "The scale of classifier-free guidance.")
  private double guidance = 7;

  public static void main(String[] args) {
    ModelOptions.run(new TextConditionalEdit(), args);
  }

  @Override
  public Integer call() {
    try (DeepFloydIf model = options.open()) {
      Pipeline<String> course = model.stage1().loop(Loop.course()).guidance(guidance);
      Tensor picture = ModelOptions.picture(course, image);
      List<Tensor> columns = new ArrayList<>(List.of(picture));
      List<Map<String, String>> settings = new ArrayList<>();
      for (String prompt : prompts) {
        Request<String> request = course.edit(picture, level, prompt).seed(options.seed());
        columns.add(request.tensor());
        settings.add(request.settings());
      }
      options.write(columns, settings);
    }
    return 0;
  }
}
