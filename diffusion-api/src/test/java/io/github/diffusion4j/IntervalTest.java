package io.github.diffusion4j;

import static io.github.diffusion4j.TestTensors.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class IntervalTest {

  private static Moment at(double signal, double noise) {
    return Moment.of(row(1), NoiseLevel.of(signal, noise, 0), 0);
  }

  private static Moment step(int index, int steps) {
    return Moment.of(row(1), NoiseLevel.of(1, 1, 0), index).inRunOf(steps);
  }

  @Test
  void noiseIsRelativeToTheImageOnEveryPath() {
    Interval interval = Interval.ofNoise(.5, 2);
    assertThat(interval.contains(at(1, 2))).isTrue();
    assertThat(interval.contains(at(.25, .5))).isTrue();
    assertThat(interval.contains(at(1, 2.01))).isFalse();
    assertThat(interval.contains(at(2, 1))).isFalse();
    assertThat(interval.contains(at(0, 1))).isFalse();
    assertThat(Interval.ofNoise(.5, Double.POSITIVE_INFINITY).contains(at(0, 1))).isTrue();
  }

  @Test
  void stepsAreRoundedDownAsInDiffusers() {
    Interval interval = Interval.ofSteps(.3, .8);
    for (int i = 0; i < 5; i++) {
      assertThat(interval.contains(step(i, 5))).as("step %d", i).isEqualTo(i >= 1 && i < 4);
    }
    assertThat(Interval.ofSteps(0, 1).contains(step(0, 1))).isTrue();
    assertThat(Interval.ofSteps(0, 1).contains(step(4, 5))).isTrue();
  }

  @Test
  void outsideOfTheIntervalOneQuestionIsAskedForTheConditional() {
    Guidance guidance =
        Guidance.classifierFree(7, TwoWaves.GIVEN, TwoWaves.NOTHING)
            .during(Interval.ofNoise(.5, 2));
    assertThat(guidance.plan(at(1, 1)).queries()).hasSize(2);
    assertThat(guidance.plan(at(1, 3)).queries())
        .singleElement()
        .extracting(Query::conditioning)
        .isEqualTo(TwoWaves.GIVEN);
  }

  @Test
  void anyGuidanceHasAnotherElsewhere() {
    Guidance early = Guidance.of(TwoWaves.NOTHING);
    Guidance late = Guidance.of(TwoWaves.GIVEN);
    Guidance both = late.during(Interval.ofNoise(0, 1), early);
    assertThat(both.plan(at(1, 1)).queries().get(0).conditioning()).isEqualTo(TwoWaves.GIVEN);
    assertThat(both.plan(at(1, 2)).queries().get(0).conditioning()).isEqualTo(TwoWaves.NOTHING);
  }

  @Test
  void wrongValuesAreNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Interval.ofNoise(2, 1))
        .withMessageContaining("0 <= low < high, got (2.0, 1.0]");
    assertThatIllegalArgumentException().isThrownBy(() -> Interval.ofNoise(-1, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> Interval.ofNoise(0, Double.NaN));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Interval.ofSteps(0, 1.1))
        .withMessageContaining("stop <= 1, got [0.0, 1.1)");
    assertThatIllegalArgumentException().isThrownBy(() -> Interval.ofSteps(.5, .5));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Interval.ofSteps(0, 1).contains(at(1, 1)))
        .withMessageContaining("known length, got step 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> step(5, 5))
        .withMessageContaining("above 5, got 5");
  }
}
