package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class TrainingTest {

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
    assertThat(TrainingSettings.rate(Training.denoising(.5), 1000, 5, .5)).isEqualTo(1e-4);
    assertThat(Training.pureNoise().settings())
        .containsEntry("batch", 256)
        .containsEntry("epochs", 5)
        .containsEntry("rate", 1e-4);
    assertThat(Training.ddpm(300).settings())
        .containsEntry("batch", 128)
        .containsEntry("epochs", 20)
        .containsEntry("rate", 1e-3)
        .containsEntry("prediction", "EPSILON");
    assertThat(TrainingSettings.rate(Training.ddpm(300), 9000, 21, 0))
        .isCloseTo(1e-4, within(1e-12));
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
    assertThat(training.batch(3).epochs(4).seed(5).precision(Precision.FLOAT64))
        .asString()
        .isNotEqualTo(before);
    assertThat(training).hasToString(before);
  }

  @Test
  void partsSayWhatTheyAre() {
    assertThat(Optimiser.adamW(1e-3, .01).clipNorm(2))
        .asString()
        .startsWith("Optimiser{rate=0.001, ")
        .contains("weightDecay=0.01", "clipNorm=2.0");
    assertThat(CheckpointPolicy.everyEpoch().everySteps(5).keepLast(2).keepEpochs(1))
        .hasToString(
            "CheckpointPolicy{checkpointSteps=5, checkpointsKept=2, epochsKept=[1], bestKept=false}");
  }
}
