package io.github.diffusion4j;

import static io.github.diffusion4j.TestTensors.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/** The course's sampling of a flow: Euler's method from noise at time 0 to the image at 1. */
class EulerFlowTest {

  private static final Shape SHAPE = Shape.images(4, 1, 4, 4);

  private static Sampler flow(Predictor field) {
    return Sampler.of(
        Denoiser.of(field, PredictionType.FLOW_TO_DATA), NoiseSchedule.rectifiedFlow());
  }

  @Test
  void aConstantFieldIsAddedExactlyInAnyNumberOfSteps() {
    Tensor field = TestTensors.noise(9, SHAPE);
    for (int steps : new int[] {1, 7, 50, 300}) {
      Tensor start = Noise.perImage(5).stream(SHAPE).next();
      Tensor end =
          flow((x, times, inputs) -> field).sample(Sampling.fromNoise(SHAPE).steps(steps).seed(5));
      // Every step rounds to float32, so errors of 1.2e-7 add up like a random walk.
      assertClose(end, Tensors.mix(1, start, 1, field), Math.max(1e-6, 5e-7 * Math.sqrt(steps)));
    }
  }

  @Test
  void aFieldTowardsZeroShrinksAsEulersMethodDoes() {
    Sampler sampler = flow((x, times, inputs) -> x.times(-1));
    Tensor start = Noise.perImage(0).stream(SHAPE).next();
    Tensor fifty = sampler.sample(Sampling.fromNoise(SHAPE).steps(50));
    Tensor more = sampler.sample(Sampling.fromNoise(SHAPE).steps(300));
    assertThat((double) fifty.get(0, 0, 0, 0) / start.get(0, 0, 0, 0))
        .isCloseTo(.3641697, within(1e-6));
    assertThat((double) more.get(0, 0, 0, 0) / start.get(0, 0, 0, 0))
        .isCloseTo(.3672655, within(1e-6));
  }

  @Test
  void stepsOfFiftiethsFromATimeEndAtOneWithAShorterOne() {
    Tensor start = TestTensors.noise(3, SHAPE);
    Tensor field = TestTensors.noise(9, SHAPE);
    for (double from : new double[] {.93, .5}) {
      double[] positions =
          DoubleStream.iterate(from, t -> t < 1 - 1e-9, t -> t + .02).map(t -> 1 - t).toArray();
      List<Double> told = new ArrayList<>();
      Tensor end =
          flow((x, times, inputs) -> {
                told.add(times[0]);
                return field;
              })
              .sample(
                  Sampling.fromNoisy(start, 0)
                      .spacing(Spacing.of(positions))
                      .steps(positions.length));
      assertThat(told).hasSize(from == .5 ? 25 : 4);
      assertThat(told.get(0)).isCloseTo(from, within(1e-12));
      assertThat(told.get(told.size() - 1)).isCloseTo(from == .5 ? .98 : .99, within(1e-12));
      assertClose(end, Tensors.mix(1, start, (float) (1 - from), field), 5e-6);
    }
  }

  @Test
  void theNetworkIsToldTheCoursesTimeFromZeroTowardsOne() {
    List<Double> told = new ArrayList<>();
    flow((x, times, inputs) -> {
          told.add(times[0]);
          return x;
        })
        .sample(Sampling.fromNoise(SHAPE).steps(4));
    assertThat(told).containsExactly(0.0, .25, .5, .75);
  }
}
