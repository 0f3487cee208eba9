package io.github.diffusion4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.diffusion4j.Scheduler.Variance;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Acceptance 8 and 9: the variance of a step, measured by the noise that it adds. */
class LearnedVarianceTest {

  private static final Tensor ZERO = TestTensors.row(0);
  private static final Tensor ONE = TestTensors.row(1);

  private static double deviation(
      NoiseSchedule schedule, Variance variance, int from, int to, Estimate estimate) {
    Step step = Step.of(ZERO, schedule.at(from), schedule.at(to), estimate, List.of(), () -> ONE);
    return Scheduler.ddpm(variance).next(step).next().get(0, 0, 0, 0);
  }

  private static double logVariance(int from, int to, double v) {
    Estimate estimate = Estimate.of(ZERO, ZERO).withVariance(TestTensors.row((float) v));
    NoiseSchedule schedule = NoiseSchedule.squaredCosine(1000);
    return 2 * Math.log(deviation(schedule, Variance.LEARNED, from, to, estimate));
  }

  @ParameterizedTest
  @CsvSource({
    "990, 960, -.05829, -.05654, -.055665, -.05479",
    "690, 660, -1.911199, -1.88535, -1.872426, -1.859501",
    "390, 360, -2.921559, -2.852916, -2.818595, -2.784273",
    "30, 0, -10.106224, -7.881599, -6.769287, -5.656974"
  })
  void stridedStepsHaveTheVarianceThatTheNetworkSays(
      int from, int to, double low, double middle, double threeQuarters, double high) {
    assertThat(logVariance(from, to, -1)).isCloseTo(low, within(2e-5));
    assertThat(logVariance(from, to, 0)).isCloseTo(middle, within(2e-5));
    assertThat(logVariance(from, to, .5)).isCloseTo(threeQuarters, within(2e-5));
    assertThat(logVariance(from, to, 1)).isCloseTo(high, within(2e-5));
  }

  @Test
  void aVarianceOfZeroIsTakenAsTenToTheMinusTwenty() {
    assertThat(Ddpm.logVariance(0, 4.1306e-5, -1)).isCloseTo(-46.051701, within(2e-5));
  }

  @ParameterizedTest
  @CsvSource({"1, -10.1712790", "487, -5.7998052", "999, -.0010011"})
  void unitStepsHaveTheNumbersOfUnClip(int from, double expected) {
    // At t = 1 the exact value is −10.171365: float32 tables leave four digits, here and there.
    assertThat(logVariance(from, from - 1, .5)).isCloseTo(expected, within(2e-4));
  }

  @ParameterizedTest
  @CsvSource({"487, .00979", "999, .02"})
  void theSmallVarianceHasDiffusersNumbers(int from, double expected) {
    NoiseSchedule linear = NoiseSchedule.linear(1000, 1e-4, .02);
    double deviation = deviation(linear, Variance.SMALL, from, from - 1, Estimate.of(ZERO, ZERO));
    assertThat(deviation * deviation).isCloseTo(expected, within(1e-5));
  }

  @Test
  void aNetworkWithoutVarianceIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                deviation(
                    NoiseSchedule.squaredCosine(1000),
                    Variance.LEARNED,
                    690,
                    660,
                    Estimate.of(ZERO, ZERO)))
        .withMessageContaining("learned variance");
  }

  @Test
  void sixChannelsAndAFixedVarianceGoTogether() {
    Estimate estimate = Estimate.of(ZERO, ZERO).withVariance(ONE);
    NoiseSchedule schedule = NoiseSchedule.squaredCosine(1000);
    assertThat(deviation(schedule, Variance.SMALL, 690, 660, estimate))
        .isEqualTo(deviation(schedule, Variance.SMALL, 690, 660, Estimate.of(ZERO, ZERO)));
  }
}
