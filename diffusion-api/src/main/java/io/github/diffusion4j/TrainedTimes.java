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

  /**
   * As many times as steps, of a division into one more.
   *
   * @param trained T
   * @param last T less the positions that are left out for their noise
   */
  static double[] withoutLast(String spacing, int trained, int last, int offset, int steps) {
    return switch (spacing) {
      case "linspace" -> linspace(last - 1, steps + 1, steps, true);
      case "leading" -> multiples(last / (steps + 1), offset, steps, 1);
      default -> trailing(last, (double) trained / steps, steps);
    };
  }

  /** The greatest {@code count} of {@code points} from 0 to an end. */
  private static double[] linspace(double end, int points, int count, boolean isWhole) {
    double gap = points == 1 ? 0 : end / (points - 1);
    return IntStream.range(0, count)
        .map(i -> points - 1 - i)
        .mapToDouble(i -> i == points - 1 && points > 1 ? end : i * gap)
        .map(t -> isWhole ? Math.rint(t) : (float) t)
        .toArray();
  }

  private static double[] multiples(int gap, int offset, int count, int from) {
    return IntStream.range(0, count)
        .mapToDouble(i -> (double) (count - 1 - i + from) * gap + offset)
        .toArray();
  }

  private static double[] trailing(double start, double gap, int steps) {
    int count = Math.min((int) Math.ceil(start / gap), steps);
    return IntStream.range(0, count).mapToDouble(i -> Math.rint(start - i * gap) - 1).toArray();
  }
}
