package io.github.diffusion4j;

import static io.github.diffusion4j.TestTensors.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;
import org.apache.commons.math3.stat.descriptive.rank.Percentile.EstimationType;
import org.junit.jupiter.api.Test;

/** Acceptance 10. */
class ThresholdTest {

  /** Nine numbers from −2 to 2; 0.95 of their sizes is 2. */
  private static final Tensor LINE = TestTensors.row(-2, -1.5f, -1, -.5f, 0, .5f, 1, 1.5f, 2);

  @Test
  void valuesAreCutAtTheGreatestThresholdAndDividedByIt() {
    Tensor expected = TestTensors.row(-1, -1, -2 / 3f, -1 / 3f, 0, 1 / 3f, 2 / 3f, 1, 1);
    assertClose(Threshold.apply(LINE, .95, 1.5), expected, 1e-6);
  }

  @Test
  void aGreatestThresholdOfOneIsClamping() {
    assertThat(Threshold.apply(LINE, .95, 1)).isEqualTo(LINE.clamp(-1, 1));
  }

  @Test
  void smallValuesStayAsTheyAre() {
    assertThat(Threshold.apply(LINE.times(.5), .95, 1.5)).isEqualTo(LINE.times(.5));
  }

  @Test
  void everyImageHasItsOwnQuantileWhichIsInterpolated() {
    Shape shape = Shape.images(30, 3, 4, 5);
    Tensor images = TestTensors.noise(4, shape);
    for (double ratio : new double[] {.5, .75, .9, .95, .995, 1}) {
      Tensor found = Threshold.apply(images, ratio, 1.7);
      for (int i = 0; i < 30; i++) {
        Tensor image = images.images(i, i + 1);
        float[] values = image.toArray();
        double[] sizes = new double[values.length];
        Arrays.setAll(sizes, k -> Math.abs(values[k]));
        double quantile =
            new Percentile().withEstimationType(EstimationType.R_7).evaluate(sizes, 100 * ratio);
        float bound = (float) Math.max(1, Math.min(1.7, quantile));
        assertClose(
            found.images(i, i + 1), image.clamp(-bound, bound).times(1 / (double) bound), 1e-6);
      }
    }
  }
}
