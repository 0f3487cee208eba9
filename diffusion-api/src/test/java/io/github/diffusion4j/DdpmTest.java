package io.github.diffusion4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.diffusion4j.Scheduler.Variance;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DdpmTest {

  private static final NoiseSchedule SCHEDULE = NoiseSchedule.squaredCosine(1000);
  private static final Tensor ONE = TestTensors.row(1);
  private static final Tensor ZERO = TestTensors.row(0);

  private static double step(
      Variance variance, int from, int to, Tensor clean, Tensor x, Tensor draw) {
    return Scheduler.ddpm(variance)
        .next(
            Step.of(
                x,
                SCHEDULE.at(from),
                SCHEDULE.at(to),
                Estimate.of(clean, ZERO),
                List.of(),
                () -> draw))
        .next()
        .get(0, 0, 0, 0);
  }

  /** Equation 7 of Ho et al. 2020 for strided positions. */
  @ParameterizedTest
  @CsvSource({
    "990, 960, .0575149, .2300971, .9466834",
    "690, 660, .0999532, .8725356, .1557503",
    "390, 360, .1528505, .8443670, .0617740",
    "90, 60, .5185937, .4813887, .0122363",
    "30, 0, .9883331, .0116669, .0034931"
  })
  void coefficients(int from, int to, double ofClean, double ofX, double beta) {
    assertThat(step(Variance.LARGE, from, to, ONE, ZERO, ZERO))
        .isCloseTo(ofClean, within(5e-8 + 1e-6 * ofClean));
    assertThat(step(Variance.LARGE, from, to, ZERO, ONE, ZERO))
        .isCloseTo(ofX, within(5e-8 + 1e-6 * ofX));
    double large = step(Variance.LARGE, from, to, ZERO, ZERO, ONE);
    assertThat(large * large).isCloseTo(beta, within(5e-8 + 1e-6 * beta));
    double small = step(Variance.SMALL, from, to, ZERO, ZERO, ONE);
    double before = SCHEDULE.at(from).noise();
    double after = SCHEDULE.at(to).noise();
    double posterior = beta * after * after / (before * before);
    assertThat(small * small).isCloseTo(posterior, within(5e-8 + 3e-6 * posterior));
  }

  @ParameterizedTest
  @CsvSource({"SMALL", "LARGE"})
  void theLastStepIsTheCleanImageWithoutNoise(Variance variance) {
    assertThat(step(variance, 0, -1, ONE, ZERO, ZERO)).isCloseTo(1, within(1e-12));
    assertThat(step(variance, 0, -1, ZERO, ONE, ONE)).isZero();
  }
}
