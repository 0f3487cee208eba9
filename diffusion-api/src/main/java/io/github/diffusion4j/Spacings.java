package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** The spacings that come with the library. */
final class Spacings {

  static final Spacing TRAILING = new Trailing();
  static final Spacing LINSPACE = new Linspace();

  private Spacings() {}

  private record Trailing() implements Spacing {

    @Override
    public double[] positions(NoiseSchedule schedule, int steps) {
      int possible = schedule.isDiscrete() ? trainedSteps(schedule, this) : Integer.MAX_VALUE;
      checkSteps(steps, possible, schedule, this);
      double first = schedule.first();
      double length = first - schedule.last();
      double[] positions =
          IntStream.rangeClosed(0, steps).mapToDouble(i -> first - length * i / steps).toArray();
      positions[steps] = schedule.last();
      return schedule.isDiscrete() ? rounded(positions) : positions;
    }

    @Override
    public String toString() {
      return "trailing";
    }
  }

  record Leading(int offset) implements Spacing {

    @Override
    public double[] positions(NoiseSchedule schedule, int steps) {
      int trained = trainedSteps(schedule, this);
      checkSteps(steps, trained, schedule, this);
      int stride = trained / steps;
      return IntStream.rangeClosed(1, steps + 1)
          .mapToDouble(i -> i > steps ? schedule.last() : (double) (steps - i) * stride + offset)
          .toArray();
    }

    @Override
    public String toString() {
      return "leading(" + offset + ")";
    }
  }

  private record Linspace() implements Spacing {

    @Override
    public double[] positions(NoiseSchedule schedule, int steps) {
      int trained = trainedSteps(schedule, this);
      checkSteps(steps, trained, schedule, this);
      double gap = steps == 1 ? 0 : schedule.first() / (steps - 1);
      double[] positions =
          IntStream.rangeClosed(1, steps + 1).mapToDouble(i -> (steps - i) * gap).toArray();
      positions[0] = steps == 1 ? 0 : schedule.first();
      positions[steps] = schedule.last();
      return rounded(positions);
    }

    @Override
    public String toString() {
      return "linspace";
    }
  }

  record Listed(List<Double> list) implements Spacing {

    @Override
    public int steps(NoiseSchedule schedule) {
      return list.size();
    }

    @Override
    public double[] positions(NoiseSchedule schedule, int steps) {
      Checks.require(
          steps == list.size(),
          () -> "a list of " + list.size() + " positions makes as many steps, got " + steps);
      return DoubleStream.concat(
              list.stream().mapToDouble(Double::doubleValue), DoubleStream.of(schedule.last()))
          .toArray();
    }

    @Override
    public String toString() {
      return "list" + list;
    }
  }

  record Strided(int stride) implements Spacing {

    @Override
    public int steps(NoiseSchedule schedule) {
      return (trainedSteps(schedule, this) - 1) / stride;
    }

    @Override
    public double[] positions(NoiseSchedule schedule, int steps) {
      int possible = steps(schedule);
      Checks.require(
          steps == possible && possible > 0,
          () ->
              "stride "
                  + stride
                  + " makes "
                  + possible
                  + " steps on "
                  + schedule
                  + ", got "
                  + steps);
      return IntStream.rangeClosed(0, steps).mapToDouble(i -> (steps - i) * stride).toArray();
    }

    @Override
    public String toString() {
      return "strided(" + stride + ")";
    }
  }

  private static void checkSteps(int steps, int possible, NoiseSchedule schedule, Spacing spacing) {
    Checks.require(
        steps >= 1 && steps <= possible,
        () ->
            spacing
                + " spacing makes 1 to "
                + possible
                + " steps on "
                + schedule
                + ", got "
                + steps);
  }

  private static int trainedSteps(NoiseSchedule schedule, Spacing spacing) {
    Checks.require(
        schedule.isDiscrete(),
        () -> spacing + " spacing needs a discrete schedule, got " + schedule);
    return (int) schedule.first() + 1;
  }

  /** To the nearest whole number, halves to the even one, as NumPy rounds. */
  private static double[] rounded(double[] positions) {
    for (int i = 0; i < positions.length; i++) {
      positions[i] = Math.rint(positions[i]);
    }
    return positions;
  }
}
