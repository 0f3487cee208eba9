package io.github.diffusion4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Schedules of one's own, with places and times of their own. */
class OwnScheduleTest {

  private static final Sampling REQUEST = Sampling.fromNoise(Shape.images(1, 1, 2, 2)).steps(4);

  private record Own(boolean isDiscrete, double last, double first) implements NoiseSchedule {

    @Override
    public NoiseLevel at(double position) {
      if (position < last || position > first) {
        throw new IllegalArgumentException("position " + position);
      }
      double share = (position - last) / (first - last);
      return NoiseLevel.of(1 - share, share, (position + 1) / 1000);
    }
  }

  @Test
  void theyAreTakenAsTheyAre() {
    for (NoiseSchedule own : List.of(new Own(false, -5, -1), new Own(true, -1, 9))) {
      NotingModel model = new NotingModel(own, PredictionType.FLOW);
      Sampler.of(model).sample(own.isDiscrete() ? REQUEST.steps(5) : REQUEST);
      assertThat(model.told().get(0)).isEqualTo(own.at(own.first()));
    }
  }

  @Test
  void anotherClockIsTranslatedByTheLevel() {
    NoiseSchedule own = new Own(true, -1, 9);
    NotingModel model = new NotingModel(own, PredictionType.FLOW);
    Sampler.of(model, own.timed(7, 0)).sample(REQUEST.steps(5));
    assertThat(model.told().get(1).time()).isCloseTo(own.at(7).time(), within(1e-9));
  }
}
