package io.github.diffusion4j.samples.parta;

import io.github.diffusion4j.onnx.model.DeepFloydIf;
import io.github.diffusion4j.pipeline.Loop;
import io.github.diffusion4j.pipeline.Pipeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** All of the course's part A, figures 0 to 1.9, on one page. */
@Command(
    name = "PartA",
    description = "Makes all figures of the course's part A, on one page in the folder --out.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class PartA implements Callable<Integer> {

  @Mixin private ModelOptions options;

  @Option(
      names = "--steps",
      split = ",",
      description = "Numbers of steps for figure 0, the first for stage II elsewhere too.")
  private List<Integer> steps = List.of(20, 200);

  @Option(names = "--data", description = "The folder of the pictures that are not given.")
  private Path data = Path.of("samples/data");

  @Option(names = "--photos", split = ",", description = "Three photos, the test image first.")
  private List<Path> photos = List.of();

  @Option(names = "--masks", split = ",", description = "A mask for each, white where to fill.")
  private List<Path> masks = List.of();

  @Option(names = "--web", description = "A picture from the web.")
  private Optional<Path> web = Optional.empty();

  @Option(names = "--drawings", split = ",", description = "Two drawings by hand.")
  private List<Path> drawings = List.of();

  @Option(names = "--prompts", description = "Only say of which texts --embeddings must be.")
  private boolean onlyPrompts;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  public static void main(String[] args) {
    ModelOptions.run(new PartA(), args);
  }

  @Override
  public Integer call() throws IOException {
    if (onlyPrompts) {
      CoursePrompts.all().forEach(prompt -> System.out.println('"' + prompt + '"'));
      return 0;
    }
    if (steps.isEmpty()) {
      throw new ParameterException(spec.commandLine(), "--steps takes at least one number");
    }
    Pictures pictures =
        new Pictures(
            given(
                "--photos",
                photos,
                "images/astronaut.jpg",
                "images/chelsea.jpg",
                "images/coffee.jpg"),
            given("--masks", masks, "masks/astronaut.png", "masks/chelsea.png", "masks/coffee.png"),
            web.orElse(data.resolve("images/rocket.jpg")),
            given("--drawings", drawings, "drawings/house.png", "drawings/fish.png"));
    Path folder = options.out("part-a");
    Files.createDirectories(folder);
    try (DeepFloydIf model = options.open()) {
      // A text without embeddings is found out now, not hours later.
      CoursePrompts.all().forEach(prompt -> model.embeddings().of(prompt));
      write(model, pictures, new Book(folder, title(model)));
    }
    System.out.println("Wrote " + folder.resolve(Book.INDEX));
    return 0;
  }

  private String title(DeepFloydIf model) {
    int side = ModelOptions.side(model.stage1());
    return "Part A by " + options.name() + ", " + side + "×" + side;
  }

  private void write(DeepFloydIf model, Pictures pictures, Book book) {
    Pipeline<String> course = model.stage1().loop(Loop.course());
    Path test = pictures.photos().get(0);
    long seed = options.seed();
    boolean hasStage2 = options.hasStage2();
    new CourseFigures(model, course, book, test, seed).write(steps, hasStage2);
    new EditFigures(course, book, pictures, seed).write();
    new IllusionFigures(model, course, book, seed, hasStage2, steps.get(0)).write();
  }

  private List<Path> given(String option, List<Path> given, String... usual) {
    if (given.isEmpty()) {
      return List.of(usual).stream().map(data::resolve).toList();
    }
    if (given.size() != usual.length) {
      throw new ParameterException(
          spec.commandLine(), option + " takes " + usual.length + " files, got " + given.size());
    }
    return given;
  }
}
