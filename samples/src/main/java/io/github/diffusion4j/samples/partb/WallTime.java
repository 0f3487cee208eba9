package io.github.diffusion4j.samples.partb;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * The time that a run has taken by the clock on the wall, in a file of its folder: a line for each
 * stretch's beginning, with 0 seconds, and for every few steps. It counts pauses of the process and
 * steps that were made again after an end without warning.
 */
final class WallTime {

  private static final String FILE = "wall.csv";

  private final Path file;
  private final long start = System.nanoTime();

  private WallTime(Path file) {
    this.file = file;
  }

  static WallTime start(Path folder) throws IOException {
    WallTime time = new WallTime(folder.resolve(FILE));
    time.write(0, 0);
    return time;
  }

  void note(long step) throws IOException {
    write(step, (System.nanoTime() - start) / 1e9);
  }

  private void write(long step, double seconds) throws IOException {
    Files.write(
        file, List.of(step + "," + seconds), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /** The seconds of all stretches together, NaN if none were noted. */
  static double seconds(Path folder) throws IOException {
    if (!Files.exists(folder.resolve(FILE))) {
      return Double.NaN;
    }
    double sum = 0;
    double last = 0;
    for (String line : Files.readAllLines(folder.resolve(FILE))) {
      double seconds = Double.parseDouble(line.substring(line.indexOf(',') + 1));
      sum += seconds == 0 ? 0 : seconds - last;
      last = seconds;
    }
    return sum;
  }
}
