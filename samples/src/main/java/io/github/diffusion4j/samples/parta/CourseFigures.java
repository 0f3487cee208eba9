package io.github.diffusion4j.samples.parta;

import io.github.diffusion4j.Noise;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.Tensors;
import io.github.diffusion4j.onnx.model.DeepFloydIf;
import io.github.diffusion4j.pipeline.Pipeline;
import io.github.diffusion4j.pipeline.Request;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The figures of parts 0 to 1.6, one method a part. */
final class CourseFigures {

  private static final List<Integer> POSITIONS = List.of(250, 500, 750);
  private static final String AT =
      POSITIONS.stream().map(String::valueOf).collect(Collectors.joining(", ", "t = ", ""));

  private static final int START = 10;
  private static final int STRIDE = 30;
  private static final int IMAGES = 5;

  private final DeepFloydIf model;
  private final Pipeline<String> course;
  private final Book book;
  private final long seed;
  private final Tensor test;
  private final Map<String, String> picture;

  CourseFigures(DeepFloydIf model, Pipeline<String> course, Book book, Path photo, long seed) {
    this.model = model;
    this.course = course;
    this.book = book;
    this.seed = seed;
    this.test = ModelOptions.picture(course, photo);
    this.picture = Pictures.told(List.of(photo));
  }

  void write(List<Integer> steps, boolean hasStage2) {
    setup(steps, hasStage2);
    forward();
    oneStep();
    iterative();
    sampling();
    guided();
  }

  private void setup(List<Integer> steps, boolean hasStage2) {
    book.part("0 Setup");
    for (int count : steps) {
      Request<String> request =
          model.stage1().generate(CoursePrompts.FIGURE_0).steps(count).seed(seed);
      Tensor small = book.run(request);
      String texts = String.join("; ", CoursePrompts.FIGURE_0);
      String how = " (" + count + " steps of the model's own loop, seeds from " + seed + ").";
      book.figure("0-steps-" + count, ModelOptions.row(small), texts + how);
      if (hasStage2) {
        Tensor large =
            book.run(model.stage2(small).generate(CoursePrompts.FIGURE_0).steps(count).seed(seed));
        book.figure(
            "0-steps-" + count + "-stage-2",
            ModelOptions.row(large),
            "The same enlarged by stage II" + how);
      }
    }
  }

  private Tensor noisy(int position) {
    return course.noised(test, position, Noise.perImage(seed));
  }

  private void forward() {
    book.part("1.1 The forward process");
    List<Tensor> columns = new ArrayList<>(List.of(test));
    POSITIONS.forEach(position -> columns.add(noisy(position)));
    tell(POSITIONS);
    book.figure("1.1-forward", columns, "The test image, and with the noise of " + AT + ".");
    book.part("1.2 Classical denoising");
    List<Tensor> blurred = new ArrayList<>();
    for (int position : POSITIONS) {
      Tensor noisy = noisy(position);
      blurred.add(Tensors.concat(List.of(noisy, ForwardProcess.blurred(noisy, position))));
    }
    tell(POSITIONS);
    book.figure("1.2-blur", blurred, "Noisy at " + AT + "; below, after Gaussian blur.");
  }

  private void tell(List<Integer> positions) {
    book.tell(Map.of("positions", positions.toString(), "seed", Long.toString(seed)));
    book.tell(picture);
  }

  private void oneStep() {
    book.part("1.3 One-step denoising");
    List<Tensor> columns = new ArrayList<>();
    for (int position : POSITIONS) {
      Tensor noisy = noisy(position);
      Tensor clean = course.denoiseOnce(noisy, position, ModelOptions.HIGH_QUALITY);
      columns.add(Tensors.concat(List.of(noisy, clean, test)));
    }
    tell(POSITIONS);
    book.figure(
        "1.3-one-step",
        columns,
        "Noisy at " + AT + "; what the network makes of it at once; the test image.");
  }

  private void iterative() {
    book.part("1.4 Iterative denoising");
    int position = 990 - STRIDE * START;
    Tensor noisy = noisy(position);
    List<Tensor> states = new ArrayList<>(List.of(noisy));
    Request<String> request =
        course.edit(test, START, ModelOptions.HIGH_QUALITY).guidance(1).seed(seed);
    Tensor last =
        book.run(
            request,
            frame -> {
              if (frame.index() % 5 == 0) {
                states.add(frame.sample());
              }
            });
    states.add(last);
    book.tell(picture);
    book.figure(
        "1.4-states", states, "From t = " + position + ", every fifth state, and the last.");
    Tensor once = course.denoiseOnce(noisy, position, ModelOptions.HIGH_QUALITY);
    tell(List.of(position));
    book.tell(request.settings());
    book.figure(
        "1.4-comparison",
        List.of(test, last, once, ForwardProcess.blurred(noisy, position)),
        "The test image; from its noise at t = "
            + position
            + ": denoised step by step, in one step, by Gaussian blur.");
  }

  private void sampling() {
    book.part("1.5 Sampling");
    Tensor images = book.run(samples().guidance(1));
    book.figure(
        "1.5-samples",
        ModelOptions.row(images),
        "\"" + ModelOptions.HIGH_QUALITY + "\", without guidance.");
  }

  private void guided() {
    book.part("1.6 Classifier-free guidance");
    Tensor images = book.run(samples());
    book.figure("1.6-guidance", ModelOptions.row(images), "The same noise with guidance 7.");
  }

  private Request<String> samples() {
    return course.generate(ModelOptions.HIGH_QUALITY).count(IMAGES).seed(seed);
  }
}
