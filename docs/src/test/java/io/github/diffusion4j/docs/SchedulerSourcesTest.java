package io.github.diffusion4j.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The schedulers stay small, and no rule of theirs is written twice. */
class SchedulerSourcesTest {

  private static final Path SOURCES =
      Path.of("../diffusion-api/src/main/java/io/github/diffusion4j");

  /** Schedulers, spacings and what they alone use; configurations of diffusers are beside. */
  private static final List<String> COUNTED =
      List.of(
          "Scheduler Step Past Move Ddim Ddpm Pndm Lms Lagrange Exponential Node DpmSolver UniPc",
          "SaSolver Lcm Tcd TwoStage ChurnedEuler Traits LinearSum Churn",
          "Spacing Spacings Curve Curved DerivedSpacing LevelSpacing Timeline TrainedTimes Churned",
          "Resampled Ratios");

  private static final int MOST = 1500;
  private static final int BLOCK = 6;

  /** The lines of a file without comments and blanks. */
  private static List<String> code(Path file) throws IOException {
    return Files.readString(file)
        .replaceAll("(?s)/\\*.*?\\*/", "")
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.startsWith("//"))
        .toList();
  }

  @Test
  void schedulersAndSpacingsAreFewLines() throws IOException {
    int lines = 0;
    for (String name : String.join(" ", COUNTED).split(" ", -1)) {
      lines += code(SOURCES.resolve(name + ".java")).size();
    }
    assertThat(lines).isLessThanOrEqualTo(MOST);
  }

  /** Lines that say something: no lone braces and no annotations, which every method has. */
  private static List<String> statements(Path file) throws IOException {
    return code(file).stream()
        .filter(line -> !line.startsWith("import ") && !line.startsWith("package "))
        .filter(line -> !line.startsWith("@") && !line.matches("[{}();]*"))
        .toList();
  }

  @Test
  void noTwoFilesHaveTheSameSixLines() throws IOException {
    Map<List<String>, Path> seen = new HashMap<>();
    List<String> twice = new ArrayList<>();
    List<Path> files;
    try (Stream<Path> all = Files.list(SOURCES)) {
      files = all.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    }
    assertThat(files).hasSizeGreaterThan(50);
    for (Path file : files) {
      List<String> lines = statements(file);
      for (int i = 0; i + BLOCK <= lines.size(); i++) {
        List<String> block = List.copyOf(lines.subList(i, i + BLOCK));
        Path other = seen.putIfAbsent(block, file);
        if (other != null && !other.equals(file)) {
          twice.add(other.getFileName() + " and " + file.getFileName() + ": " + block);
        }
      }
    }
    assertThat(twice).isEmpty();
  }
}
