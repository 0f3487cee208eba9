package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.OptionalInt;
import java.util.function.IntFunction;

/**
 * The places that a class of diffusers visits, on its own schedule.
 *
 * @param name the class and its fields
 * @param fixed the number of steps, if it is given by a list
 * @param maker makes the timeline of a number of steps
 */
record ConfiguredSpacing(String name, OptionalInt fixed, IntFunction<Timeline> maker)
    implements LevelSpacing {

  @Override
  public int steps(NoiseSchedule schedule) {
    return fixed.orElseGet(() -> LevelSpacing.super.steps(schedule));
  }

  @Override
  public Timeline timeline(NoiseSchedule schedule, int steps) {
    Checks.atLeast(1, steps, "steps");
    Timeline timeline = maker.apply(steps);
    NoiseSchedule own = timeline.schedule();
    Checks.require(
        Clocks.isOnePath(own, schedule),
        () -> "the configuration is for a network on " + own + ", got one on " + schedule);
    return timeline;
  }

  @Override
  public String toString() {
    return name;
  }
}
