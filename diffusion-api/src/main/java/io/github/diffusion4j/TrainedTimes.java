package io.github.diffusion4j;

import java.util.stream.IntStream;

/** The times that diffusers' classes visit for a number of steps, as NumPy computes them. */
final class TrainedTimes {

  private TrainedTimes() {}

  /**
   * As many times as steps.
   *
   * @param trained T
   * @param isWhole whether evenly spaced times are rounded
   */
  static double[] each(String spacing, int trained, int offset, int steps, boolean isWhole) {
    return switch (spacing) {
      case "linspace" -> linspace(trained - 1, steps, steps, isWhole);
      case "leading" -> multiples(trained / steps, offset, steps, 0);
      default -> trailing(trained, (double) trained / steps, steps);
    };
  }

  /** The greatest {@code count} of {@code points} from 0 to an end. */
  static double[] linspace(double end, int points, int count, boolean isWhole) {
    double gap = points == 1 ? 0 : end / (points - 1);
    return IntStream.range(0, count)
        .map(i -> points - 1 - i)
        .mapToDouble(i -> i == points - 1 && points > 1 ? end : i * gap)
        .map(t -> isWhole ? Math.rint(t) : (float) t)
        .toArray();
  }

  static double[] multiples(int gap, int offset, int count, int from) {
    return IntStream.range(0, count)
        .mapToDouble(i -> (double) (count - 1 - i + from) * gap + offset)
        .toArray();
  }

  static double[] trailing(double start, double gap, int steps) {
    int count = Math.min((int) Math.ceil(start / gap), steps);
    return IntStream.range(0, count).mapToDouble(i -> Math.rint(start - i * gap) - 1).toArray();
  }
}
