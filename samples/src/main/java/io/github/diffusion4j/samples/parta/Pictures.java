package io.github.diffusion4j.samples.parta;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The pictures that go into part A.
 *
 * @param photos the test image and two more
 * @param masks a mask for each photo
 * @param web a picture from the web
 * @param drawings two drawings by hand
 */
record Pictures(List<Path> photos, List<Path> masks, Path web, List<Path> drawings) {

  /** Those of part 1.7.1. */
  List<Path> others() {
    return Stream.concat(Stream.of(web), drawings.stream()).toList();
  }

  /** The names of files, for the words of a figure. */
  static Map<String, String> told(List<Path> files) {
    return Map.of(
        "pictures",
        files.stream().map(file -> file.toFile().getName()).collect(Collectors.joining(", ")));
  }
}
