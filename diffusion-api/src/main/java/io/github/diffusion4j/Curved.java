package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.Arrays;
import java.util.Optional;

/** Levels whose ratio of noise to signal σ follows a curve, then the clean image. */
record Curved(Curve curve, Optional<Ends> ends) implements LevelSpacing {

  /** The least and the greatest σ. */
  record Ends(double least, double most) {

    Ends {
      Checks.positive(least, "least σ");
      Checks.positive(most, "greatest σ");
      Checks.require(
          least < most, () -> "σ must fall to the least, got from " + most + " to " + least);
    }
  }

  private static Ends endsOf(NoiseSchedule schedule) {
    if (Clocks.path(schedule) instanceof Edm edm) {
      return new Ends(edm.least(), edm.most());
    }
    double most = Ratios.of(schedule.at(schedule.first()));
    Checks.require(
        schedule.isDiscrete() && Double.isFinite(most),
        () -> "give the least and the greatest σ on " + schedule + ", which has no finite ones");
    return new Ends(Ratios.of(schedule.at(0)), most);
  }

  @Override
  public Timeline timeline(NoiseSchedule schedule, int steps) {
    Checks.atLeast(1, steps, "steps");
    Ends range = ends.orElseGet(() -> endsOf(schedule));
    double[] sigmas = curve.sigmas(range.least(), range.most(), steps);
    double[] andZero = Arrays.copyOf(sigmas, steps + 1);
    return Timeline.of(schedule, Arrays.stream(andZero).mapToObj(schedule::atRatio).toList());
  }

  @Override
  public String toString() {
    return curve.text() + ends.map(e -> "(" + e.least() + ", " + e.most() + ")").orElse("");
  }
}
