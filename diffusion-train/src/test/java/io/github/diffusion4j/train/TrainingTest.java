package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class TrainingTest {

  @Test
  void rateFallsToATenthOverTheEpochs() {
    Training training = Training.flowMatching();
    assertThat(training.rateOf(1)).isEqualTo(1e-2);
    assertThat(training.rateOf(2) / training.rateOf(1)).isCloseTo(.7943282347, within(1e-10));
    assertThat(training.rateOf(6)).isCloseTo(3.1623e-3, within(1e-7));
    assertThat(training.rateOf(11)).isCloseTo(1e-3, within(1e-9));
    assertThat(training.epochs(20).rateOf(2) / 1e-2).isCloseTo(.8912509381, within(1e-10));
  }

  @Test
  void finalShareOfOneKeepsTheRate() {
    assertThat(Training.flowMatching().finalRateShare(1).rate(3e-3).rateOf(9)).isEqualTo(3e-3);
  }

  @Test
  void coursesSettingsOfEachObjective() {
    assertThat(Training.flowMatching().settings())
        .containsEntry("batch", 64)
        .containsEntry("epochs", 10)
        .containsEntry("rate", 1e-2);
    assertThat(Training.denoising(.5).settings())
        .containsEntry("batch", 256)
        .containsEntry("epochs", 5)
        .containsEntry("rate", 1e-4)
        .containsEntry("prediction", "CLEAN");
    assertThat(Training.denoising(.5).rateOf(5)).isEqualTo(1e-4);
    assertThat(Training.pureNoise().settings())
        .containsEntry("batch", 256)
        .containsEntry("epochs", 5)
        .containsEntry("rate", 1e-4);
    assertThat(Training.ddpm(300).settings())
        .containsEntry("batch", 128)
        .containsEntry("epochs", 20)
        .containsEntry("rate", 1e-3)
        .containsEntry("prediction", "EPSILON");
    assertThat(Training.ddpm(300).rateOf(21)).isCloseTo(1e-4, within(1e-12));
  }

  @Test
  void valuesOutOfRangeAreNamed() {
    Training training = Training.flowMatching();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> training.batch(0))
        .withMessage("batch must be at least 1, got 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> training.rate(Double.NaN))
        .withMessageContaining("got NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> training.finalRateShare(2))
        .withMessageContaining("got 2.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> training.conditioningDropout(-.1))
        .withMessageContaining("got -0.1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> training.threads(-1))
        .withMessageContaining("got -1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> training.epochs(0))
        .withMessageContaining("got 0");
  }

  @Test
  void withersLeaveTheOriginalAlone() {
    Training training = Training.flowMatching();
    String before = training.toString();
    assertThat(training.batch(3).epochs(4).seed(5).inDouble()).asString().isNotEqualTo(before);
    assertThat(training).hasToString(before);
  }
}
