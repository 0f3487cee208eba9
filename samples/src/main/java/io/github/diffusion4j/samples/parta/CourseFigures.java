package io.github.diffusion4j.samples.parta;

import io.github.diffusion4j.Filter;
import io.github.diffusion4j.Noise;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.Tensors;
import io.github.diffusion4j.View;
import io.github.diffusion4j.image.Masks;
import io.github.diffusion4j.onnx.model.DeepFloydIf;
import io.github.diffusion4j.pipeline.Loop;
import io.github.diffusion4j.pipeline.Pipeline;
import io.github.diffusion4j.pipeline.Request;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The figures of the course's part A, one method a part. */
final class CourseFigures {

  private static final List<Integer> POSITIONS = List.of(250, 500, 750);
  private static final List<Integer> LEVELS = List.of(1, 3, 5, 7, 10, 20);
  private static final int START = 10;
  private static final int STRIDE = 30;
  private static final int IMAGES = 5;
  private static final int KERNEL = 33;
  private static final double DEVIATION = 2;

  /** Two texts that share an image, and the name of their files. */
  private record Pair(String name, String first, String second, View view) {}

  private static final List<Pair> ANAGRAMS =
      List.of(
          new Pair("old-man-campfire", CoursePrompts.OLD_MAN, CoursePrompts.CAMPFIRE, View.flip()),
          new Pair("village-old-man", CoursePrompts.VILLAGE, CoursePrompts.OLD_MAN, View.flip()),
          new Pair("dog-barista", CoursePrompts.DOG, CoursePrompts.BARISTA, View.rotateHalf()));

  private static final List<Pair> HYBRIDS =
      List.of(
          new Pair(
              "skull-waterfalls", CoursePrompts.SKULL, CoursePrompts.WATERFALLS, View.identity()),
          new Pair("dog-coast", CoursePrompts.DOG, CoursePrompts.COAST, View.identity()),
          new Pair("rocket-pencil", CoursePrompts.ROCKET, CoursePrompts.PENCIL, View.identity()));

  private final DeepFloydIf model;
  private final Pipeline<String> course;
  private final Book book;
  private final Pictures pictures;
  private final long seed;
  private final Tensor test;

  CourseFigures(DeepFloydIf model, Book book, Pictures pictures, long seed) {
    this.model = model;
    this.course = model.stage1().loop(Loop.course());
    this.book = book;
    this.pictures = pictures;
    this.seed = seed;
    this.test = ModelOptions.picture(course, pictures.photos().get(0));
  }

  void write(List<Integer> steps, boolean hasStage2) {
    setup(steps, hasStage2);
    forward();
    oneStep();
    iterative();
    sampling();
    guided();
    edits("1.7", "SDEdit: photos", pictures.photos());
    edits("1.7.1", "SDEdit: a picture from the web, and two drawings", pictures.others());
    inpainting();
    textConditional();
    anagrams(hasStage2, steps.get(0));
    hybrids(hasStage2, steps.get(0));
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
    tellPositions();
    book.figure(
        "1.1-forward", columns, "The test image, and with the noise of t = " + POSITIONS + ".");
    book.part("1.2 Classical denoising");
    List<Tensor> blurred = new ArrayList<>();
    for (int position : POSITIONS) {
      Tensor noisy = noisy(position);
      blurred.add(Tensors.concat(List.of(noisy, ForwardProcess.blurred(noisy, position))));
    }
    tellPositions();
    book.figure("1.2-blur", blurred, "Noisy at t = " + POSITIONS + "; below, after Gaussian blur.");
  }

  private void tellPositions() {
    book.tell(Map.of("positions", POSITIONS.toString(), "seed", Long.toString(seed)));
  }

  private void oneStep() {
    book.part("1.3 One-step denoising");
    List<Tensor> columns = new ArrayList<>();
    for (int position : POSITIONS) {
      Tensor noisy = noisy(position);
      Tensor clean = course.denoiseOnce(noisy, position, ModelOptions.HIGH_QUALITY);
      columns.add(Tensors.concat(List.of(noisy, clean, test)));
    }
    tellPositions();
    book.figure(
        "1.3-one-step",
        columns,
        "Noisy at t = " + POSITIONS + "; what the network makes of it at once; the test image.");
  }

  private void iterative() {
    book.part("1.4 Iterative denoising");
    int position = 990 - STRIDE * START;
    Tensor noisy = noisy(position);
    List<Tensor> states = new ArrayList<>(List.of(noisy));
    Tensor last =
        book.run(
            course.edit(test, START, ModelOptions.HIGH_QUALITY).guidance(1).seed(seed),
            frame -> {
              if (frame.index() % 5 == 0) {
                states.add(frame.sample());
              }
            });
    states.add(last);
    book.figure(
        "1.4-states", states, "From t = " + position + ", every fifth state, and the last.");
    Tensor once = course.denoiseOnce(noisy, position, ModelOptions.HIGH_QUALITY);
    tellPositions();
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

  private Tensor read(List<Path> files) {
    return Tensors.concat(files.stream().map(file -> ModelOptions.picture(course, file)).toList());
  }

  private void edits(String number, String what, List<Path> files) {
    book.part(number + " " + what);
    Tensor originals = read(files);
    List<Tensor> columns = new ArrayList<>();
    for (int level : LEVELS) {
      columns.add(
          book.run(
              course
                  .edit(originals, level, ModelOptions.HIGH_QUALITY)
                  .count(files.size())
                  .seed(seed)));
    }
    columns.add(originals);
    book.figure(
        number + "-edits", columns, "From the levels " + LEVELS + ", and the pictures themselves.");
  }

  private void inpainting() {
    book.part("1.7.2 Inpainting");
    Tensor originals = read(pictures.photos());
    Tensor masks =
        Tensors.concat(
            pictures.masks().stream()
                .map(file -> Masks.read(file, ModelOptions.side(course)))
                .toList());
    Tensor filled =
        book.run(
            course
                .inpaint(originals, masks, ModelOptions.HIGH_QUALITY)
                .count(pictures.photos().size())
                .seed(seed));
    Tensor holes = Tensors.blend(masks, Tensors.mix(0, originals, 0, originals), originals);
    book.figure(
        "1.7.2-inpainting",
        List.of(originals, holes, filled),
        "The pictures, what of them is taken out, and with new content there.");
  }

  private void textConditional() {
    book.part("1.7.3 Text-conditional image-to-image");
    List<String> prompts = List.of(CoursePrompts.ROCKET, CoursePrompts.DOG, CoursePrompts.PENCIL);
    for (int i = 0; i < prompts.size(); i++) {
      Tensor original = ModelOptions.picture(course, pictures.photos().get(i));
      List<Tensor> columns = new ArrayList<>();
      for (int level : LEVELS) {
        columns.add(book.run(course.edit(original, level, prompts.get(i)).seed(seed)));
      }
      columns.add(original);
      book.figure(
          "1.7.3-text-" + (i + 1),
          columns,
          "\"" + prompts.get(i) + "\" from the levels " + LEVELS + ".");
    }
  }

  private void anagrams(boolean hasStage2, int steps) {
    book.part("1.8 Visual anagrams");
    for (Pair pair : ANAGRAMS) {
      View view = pair.view();
      Tensor image = book.run(course.anagram(pair.first(), view, pair.second()).seed(seed));
      String caption = pair.first() + "; " + view + ": " + pair.second() + ".";
      book.figure("1.8-" + pair.name(), List.of(image, view.apply(image)), caption);
      if (hasStage2) {
        Tensor large =
            book.run(
                model
                    .stage2(image)
                    .anagram(pair.first(), view, pair.second())
                    .steps(steps)
                    .seed(seed));
        book.figure(
            "1.8-" + pair.name() + "-stage-2",
            List.of(large, view.apply(large)),
            "The same enlarged by stage II, in " + steps + " steps.");
      }
    }
  }

  private void hybrids(boolean hasStage2, int steps) {
    book.part("1.9 Hybrid images");
    int side = ModelOptions.side(course);
    int kernel = ModelOptions.kernel(KERNEL, side);
    Filter low = ModelOptions.blur(KERNEL, DEVIATION, side);
    String how =
        "kernel " + kernel + (kernel < KERNEL ? ", the largest for this size, not " + KERNEL : "");
    for (Pair pair : HYBRIDS) {
      Tensor image = book.run(course.hybrid(low, pair.first(), pair.second()).seed(seed));
      String caption =
          "From far away "
              + pair.first()
              + ", near "
              + pair.second()
              + " ("
              + how
              + ", σ "
              + DEVIATION
              + "); on the right blurred, as from far away.";
      book.figure("1.9-" + pair.name(), List.of(image, low.apply(image)), caption);
      if (hasStage2) {
        Tensor large =
            book.run(
                model
                    .stage2(image)
                    .hybrid(low, pair.first(), pair.second())
                    .steps(steps)
                    .seed(seed));
        book.figure(
            "1.9-" + pair.name() + "-stage-2",
            ModelOptions.row(large),
            "The same enlarged by stage II, in " + steps + " steps.");
      }
    }
  }
}
