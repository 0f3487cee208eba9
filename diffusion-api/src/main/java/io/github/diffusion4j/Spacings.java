package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** The spacings by position that come with the library. */
final class Spacings {

  private Spacings() {}

  /**
   * Equal steps.
   *
   * @param name trailing, leading or linspace
   * @param offset added to leading positions
   */
  record Even(String name, int offset) implements Spacing {

    @Override
    public int steps(NoiseSchedule schedule) {
      return schedule.isDiscrete() ? Math.min(50, trainedSteps(schedule, this) - offset) : 50;
    }

    @Override
    public double[] positions(NoiseSchedule schedule, int steps) {
      boolean isAnywhere = name.equals("trailing") && !schedule.isDiscrete();
      int most = isAnywhere ? Integer.MAX_VALUE : trainedSteps(schedule, this);
      Checks.require(
          steps >= 1 && steps <= most,
          () -> this + " spacing makes 1 to " + most + " steps on " + schedule + ", got " + steps);
      double first = schedule.first();
      double length = first - schedule.last();
      return ended(
          schedule,
          isAnywhere
              ? IntStream.range(0, steps).mapToDouble(i -> first - length * i / steps).toArray()
              : TrainedTimes.each(name, most, offset, steps, true));
    }

    @Override
    public String toString() {
      return name.equals("leading") ? "leading(" + offset + ")" : name;
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
      return ended(schedule, list.stream().mapToDouble(Double::doubleValue).toArray());
    }

    @Override
    public String toString() {
      return "list" + list;
    }
  }

  /** Levels by a list of ratios of noise to signal. */
  record Ratioed(List<Double> sigmas) implements LevelSpacing {

    Ratioed {
      Checks.require(sigmas.size() > 1, () -> "σ of at least one step and its end, got " + sigmas);
      Checks.falling(sigmas.stream().mapToDouble(Double::doubleValue).toArray(), "σ");
      Checks.inRange(0, Double.MAX_VALUE, sigmas.get(sigmas.size() - 1), "last σ");
    }

    @Override
    public int steps(NoiseSchedule schedule) {
      return sigmas.size() - 1;
    }

    @Override
    public Timeline timeline(NoiseSchedule schedule, int steps) {
      Checks.require(
          steps == sigmas.size() - 1,
          () -> "a list of " + sigmas.size() + " σ makes one step less, got " + steps);
      return Timeline.of(schedule, sigmas.stream().map(schedule::atRatio).toList());
    }

    @Override
    public String toString() {
      return "sigmas" + sigmas;
    }
  }

  record Strided(int stride) implements Spacing {

    @Override
    public int steps(NoiseSchedule schedule) {
      return (trainedSteps(schedule, this) - 1) / stride;
    }

    @Override
    public double[] positions(NoiseSchedule schedule, int steps) {
      Checks.require(
          steps == steps(schedule) && steps > 0,
          () -> this + " makes " + steps(schedule) + " steps on " + schedule + ", got " + steps);
      return IntStream.rangeClosed(0, steps).mapToDouble(i -> (steps - i) * stride).toArray();
    }

    @Override
    public String toString() {
      return "strided(" + stride + ")";
    }
  }

  private static double[] ended(NoiseSchedule schedule, double[] all) {
    return DoubleStream.concat(Arrays.stream(all), DoubleStream.of(schedule.last())).toArray();
  }

  private static int trainedSteps(NoiseSchedule schedule, Spacing spacing) {
    Checks.require(
        schedule.isDiscrete(),
        () -> spacing + " spacing needs a discrete schedule, got " + schedule);
    return (int) schedule.first() + 1;
  }
}
