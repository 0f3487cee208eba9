package io.github.diffusion4j;

import static io.github.diffusion4j.TestTensors.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.diffusion4j.Scheduler.Variance;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchedulerTest {

  private static final Shape SHAPE = Shape.images(2, 1, 4, 4);
  private static final Tensor CLEAN = TestTensors.noise(1, SHAPE);
  private static final Tensor NOISE = TestTensors.noise(2, SHAPE);
  private static final Tensor DRAW = TestTensors.noise(3, SHAPE);

  private static Tensor step(Scheduler scheduler, NoiseLevel from, NoiseLevel to) {
    return scheduler
        .next(
            Step.of(
                from.mix(CLEAN, NOISE), from, to, Estimate.of(CLEAN, NOISE), List.of(), () -> DRAW))
        .next();
  }

  @Test
  void ddpmIsDdimWithAllOfItsNoise() {
    NoiseSchedule schedule = NoiseSchedule.squaredCosine(1000);
    for (double[] pair : new double[][] {{990, 960}, {690, 660}, {30, 0}, {0, -1}}) {
      NoiseLevel from = schedule.at(pair[0]);
      NoiseLevel to = schedule.at(pair[1]);
      assertClose(
          step(Scheduler.ddpm(Variance.SMALL), from, to), step(Scheduler.ddim(1), from, to), 2e-6);
    }
  }

  @Test
  void ddimOnTheStraightPathIsEulersStepOnTheFlow() {
    NoiseLevel from = NoiseSchedule.rectifiedFlow().at(.7);
    NoiseLevel to = NoiseSchedule.rectifiedFlow().at(.65);
    Tensor flow = PredictionType.FLOW_TO_DATA.target(CLEAN, NOISE, from);
    Tensor euler = Tensors.mix(1, from.mix(CLEAN, NOISE), .05, flow);
    assertClose(step(Scheduler.euler(), from, to), euler, 1e-6);
  }

  @Test
  void ddimOnAVarianceExplodingPathIsEulersStepInSigma() {
    NoiseLevel from = NoiseLevel.of(1, 10, 0);
    NoiseLevel to = NoiseLevel.of(1, 8, 0);
    Tensor euler = Tensors.mix(1, from.mix(CLEAN, NOISE), -2, NOISE);
    assertClose(step(Scheduler.euler(), from, to), euler, 1e-5);
  }

  @Test
  void eulerAncestralHasTheKnownUpAndDownSigmas() {
    double from = 10;
    double to = 8;
    double up = Math.sqrt(to * to * (from * from - to * to) / (from * from));
    double down = Math.sqrt(to * to - up * up);
    Tensor expected = Tensors.weightedSum(new double[] {1, down, up}, List.of(CLEAN, NOISE, DRAW));
    assertClose(
        step(Scheduler.eulerAncestral(), NoiseLevel.of(1, from, 0), NoiseLevel.of(1, to, 0)),
        expected,
        1e-5);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, .3, 1})
  void theTrueNoiseLeadsToTheTrueImage(double eta) {
    NoiseSchedule schedule = NoiseSchedule.linear(300, 1e-4, .02);
    assertClose(step(Scheduler.ddim(eta), schedule.at(40), schedule.at(-1)), CLEAN, 1e-5);
    for (Variance variance : Variance.values()) {
      assertClose(step(Scheduler.ddpm(variance), schedule.at(40), schedule.at(-1)), CLEAN, 1e-5);
    }
  }

  @Test
  void freshNoiseKeepsTheVarianceOfTheLevel() {
    NoiseLevel from = NoiseSchedule.rectifiedFlow().at(.9);
    NoiseLevel to = NoiseSchedule.rectifiedFlow().at(.5);
    Shape large = Shape.images(1, 1, 300, 300);
    Tensor zero = Tensor.zeros(large);
    Tensor x =
        Scheduler.ddim(.7)
            .next(
                Step.of(
                    zero,
                    from,
                    to,
                    Estimate.of(zero, TestTensors.noise(4, large)),
                    List.of(),
                    () -> TestTensors.noise(5, large)))
            .next();
    double square = 0;
    for (float value : x.toArray()) {
      square += value * value;
    }
    assertThat(Math.sqrt(square / large.elements())).isCloseTo(.5, within(.005));
  }

  @Test
  void theLargeVarianceIsBeta() {
    NoiseSchedule schedule = NoiseSchedule.linear(300, 1e-4, .02);
    NoiseLevel from = schedule.at(200);
    NoiseLevel to = schedule.at(199);
    double beta = 1 - Math.pow(from.signal() / to.signal(), 2);
    Tensor small = step(Scheduler.ddpm(Variance.SMALL), from, to);
    Tensor large = step(Scheduler.ddpm(Variance.LARGE), from, to);
    double posterior = beta * Math.pow(to.noise() / from.noise(), 2);
    Tensor more = Tensors.mix(Math.sqrt(beta) - Math.sqrt(posterior), DRAW, 1, small);
    assertClose(large, more, 1e-6);
  }

  @Test
  void noiseNeedsAStepTowardsLessNoise() {
    NoiseLevel less = NoiseSchedule.rectifiedFlow().at(.2);
    NoiseLevel more = NoiseSchedule.rectifiedFlow().at(.4);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> step(Scheduler.ddim(1), less, more))
        .withMessageContaining("less noise");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> step(Scheduler.ddpm(Variance.SMALL), less, more))
        .withMessageContaining("less noise");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Scheduler.ddim(1.5))
        .withMessageContaining("[0.0, 1.0], got 1.5");
  }
}
