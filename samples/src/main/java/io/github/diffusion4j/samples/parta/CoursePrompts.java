package io.github.diffusion4j.samples.parta;

import java.util.List;
import java.util.stream.Stream;

/** The texts of the page of part A. */
final class CoursePrompts {

  static final String NOTHING = "";
  static final String CAMPFIRE = "an oil painting of people around a campfire";
  static final String OLD_MAN = "an oil painting of an old man";
  static final String VILLAGE = "an oil painting of a snowy mountain village";
  static final String SKULL = "a lithograph of a skull";
  static final String WATERFALLS = "a lithograph of waterfalls";
  static final String COAST = "a photo of the amalfi coast";
  static final String BARISTA = "a photo of a hipster barista";
  static final String DOG = "a photo of a dog";
  static final String ROCKET = "a rocket ship";
  static final String PENCIL = "a pencil";

  static final List<String> FIGURE_0 =
      List.of("a photo of the Great Wall", CAMPFIRE, "a portrait of Steve Jobs");

  private CoursePrompts() {}

  /** All texts, which embeddings in a file must be of. */
  static List<String> all() {
    return Stream.concat(
            Stream.of(
                NOTHING,
                ModelOptions.HIGH_QUALITY,
                CAMPFIRE,
                OLD_MAN,
                VILLAGE,
                SKULL,
                WATERFALLS,
                COAST,
                BARISTA,
                DOG,
                ROCKET,
                PENCIL),
            FIGURE_0.stream())
        .distinct()
        .toList();
  }
}
