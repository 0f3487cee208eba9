package io.github.diffusion4j.samples.parta;

import io.github.diffusion4j.Filter;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.View;
import io.github.diffusion4j.onnx.model.DeepFloydIf;
import io.github.diffusion4j.pipeline.Pipeline;
import java.util.List;

/** The figures of parts 1.8 and 1.9, in which an image shows two things. */
final class IllusionFigures {

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
  private final long seed;
  private final boolean hasStage2;
  private final int steps;

  /** Stage II, if there is one, takes so many steps. */
  IllusionFigures(
      DeepFloydIf model,
      Pipeline<String> course,
      Book book,
      long seed,
      boolean hasStage2,
      int steps) {
    this.model = model;
    this.course = course;
    this.book = book;
    this.seed = seed;
    this.hasStage2 = hasStage2;
    this.steps = steps;
  }

  void write() {
    anagrams();
    hybrids();
  }

  private void anagrams() {
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

  private void hybrids() {
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
