package io.github.diffusion4j.samples.parta;

import io.github.diffusion4j.onnx.model.DeepFloydIf;
import io.github.diffusion4j.pipeline.Loop;
import io.github.diffusion4j.pipeline.Pipeline;
import io.github.diffusion4j.pipeline.Request;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Parts 0, 1.5 and 1.6: images of texts, from nothing but noise. */
@Command(
    name = "SampleTexts",
    description = "Makes images of texts, in one batch.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class SampleTexts implements Callable<Integer> {

  @Mixin private ModelOptions options;

  @Parameters(arity = "1..*", description = "The texts, an image each.")
  private List<String> prompts = List.of();

  @Option(names = "--guidance", description = "The scale of classifier-free guidance, 1 for none.")
  private double guidance = 7;

  @Option(names = "--steps", description = "The number of steps of the model's own loop.")
  private int steps = 50;

  @Option(names = "--negative", description = "What not to show.")
  private String negative = "";

  @Option(names = "--course", description = "The course's loop of 33 steps in place of it.")
  private boolean course;

  public static void main(String[] args) {
    ModelOptions.run(new SampleTexts(), args);
  }

  @Override
  public Integer call() {
    try (DeepFloydIf model = options.open()) {
      Pipeline<String> stage = model.stage1();
      Request<String> request =
          course
              ? stage.loop(Loop.course()).generate(prompts)
              : stage.generate(prompts).steps(steps);
      request = request.guidance(guidance).negative(negative).seed(options.seed());
      options.write(request.tensor(), request.settings());
    }
    return 0;
  }
}
