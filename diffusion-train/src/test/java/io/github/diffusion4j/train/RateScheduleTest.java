package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RateScheduleTest {

  @Test
  void exponentialRateFallsToATenthOverTheEpochsAndOnlyBetweenThem() {
    Training training = Training.flowMatching();
    assertThat(TrainingSettings.rate(training, 1, 1, 0)).isEqualTo(1e-2);
    assertThat(TrainingSettings.rate(training, 900, 1, .99)).isEqualTo(1e-2);
    assertThat(TrainingSettings.rate(training, 939, 2, 0) / 1e-2)
        .isCloseTo(.7943282347, within(1e-10));
    assertThat(TrainingSettings.rate(training, 4691, 6, 0)).isCloseTo(3.1623e-3, within(1e-7));
    assertThat(TrainingSettings.rate(training, 9381, 11, 0)).isCloseTo(1e-3, within(1e-9));
    assertThat(TrainingSettings.rate(training.epochs(20), 939, 2, 0) / 1e-2)
        .isCloseTo(.8912509381, within(1e-10));
  }

  @Test
  void constantRateStays() {
    Training constant = Training.flowMatching().rate(3e-3).rates(RateSchedule.constant());
    assertThat(TrainingSettings.rate(constant, 1, 1, 0)).isEqualTo(3e-3);
    assertThat(TrainingSettings.rate(constant, 9000, 9, .9)).isEqualTo(3e-3);
  }

  @Test
  void cosineFallsWithEveryStepThroughTheMiddleToItsShare() {
    RateSchedule cosine = RateSchedule.cosine(.2);
    assertThat(cosine.factor(1, 1, 0, 4)).isEqualTo(1);
    assertThat(cosine.factor(9, 3, 0, 4)).isCloseTo(.6, within(1e-12));
    assertThat(cosine.factor(16, 4, 1, 4)).isCloseTo(.2, within(1e-12));
    double before = 2;
    for (int i = 0; i < 16; i++) {
      double factor = cosine.factor(i + 1, 1 + i / 4, i % 4 / 4.0, 4);
      assertThat(factor).isLessThan(before);
      before = factor;
    }
  }

  @Test
  void warmUpRisesInALineToTheScheduleItself() {
    RateSchedule warm = RateSchedule.constant().warmUp(4);
    double[] factors = new double[6];
    for (int i = 0; i < 6; i++) {
      factors[i] = warm.factor(i + 1, 1, 0, 1);
    }
    assertThat(factors).containsExactly(.25, .5, .75, 1, 1, 1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "constant",
        "exponential(0.1)",
        "cosine(0.0)",
        "constant.warmUp(20)",
        "cosine(0.05).warmUp(500)"
      })
  void namesAreReadBack(String name) {
    assertThat(RateSchedule.named(name)).hasToString(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "linear",
        "cosine",
        "exponential(x)",
        "constant.warmUp",
        "constant.warmUp(1.5)",
        "constant.warmUp(-1)"
      })
  void otherNamesAreRefused(String name) {
    assertThatIllegalArgumentException().isThrownBy(() -> RateSchedule.named(name));
  }

  @Test
  void sharesOutOfRangeAreNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RateSchedule.exponential(2))
        .withMessageContaining("must be in (0, 1], got 2.0");
    assertThatIllegalArgumentException().isThrownBy(() -> RateSchedule.exponential(0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RateSchedule.cosine(-.1))
        .withMessageContaining("must be in [0.0, 1.0], got -0.1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RateSchedule.constant().warmUp(-1))
        .withMessageContaining("warm-up steps must be at least 0, got -1");
  }
}
