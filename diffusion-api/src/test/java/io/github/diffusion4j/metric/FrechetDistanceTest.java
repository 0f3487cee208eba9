package io.github.diffusion4j.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.diffusion4j.Noise;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FrechetDistanceTest {

  private static Tensor features(int seed, int count, int length) {
    return Noise.perImage(seed).stream(Shape.of(count, length)).next();
  }

  @ParameterizedTest
  @CsvSource({"50, 8", "200, 32", "5, 16", "2, 1"})
  void equalSetsHaveNoDistance(int count, int length) {
    Tensor set = features(3, count, length);
    assertThat(FrechetDistance.between(set, set)).isBetween(0.0, 1e-9 * length);
  }

  @Test
  void theOrderOfTheVectorsDoesNotMatter() {
    float[][] set = {{1, 5}, {2, 3}, {4, 4}};
    float[][] turned = {{4, 4}, {1, 5}, {2, 3}};
    assertThat(FrechetDistance.between(set, turned)).isCloseTo(0, within(1e-12));
  }

  @ParameterizedTest
  @CsvSource({"60, 6", "4, 6"})
  void aShiftedSetIsAsFarAsTheSquareOfTheShift(int count, int length) {
    float[] values = new float[count * length];
    for (int i = 0; i < values.length; i++) {
      values[i] = i * i % 37; // whole numbers, so that the shift is exact
    }
    float[] shifted = values.clone();
    for (int i = 0; i < shifted.length; i++) {
      shifted[i] += i % length;
    }
    Shape shape = Shape.of(count, length);
    double square = 0 + 1 + 4 + 9 + 16 + 25;
    assertThat(FrechetDistance.between(Tensor.of(shape, values), Tensor.of(shape, shifted)))
        .isCloseTo(square, within(1e-9 * square));
  }

  @Test
  void independentFeaturesHaveTheSumOfTheirOwnDistances() {
    // Two columns, mean 0, no covariance: variances 4a²/3 and 4b²/3.
    float[][] first = {{1, 2}, {1, -2}, {-1, 2}, {-1, -2}};
    float[][] second = {{4, 1}, {4, -1}, {-2, 1}, {-2, -1}};
    double unit = Math.sqrt(4 / 3.0);
    double expected = 1 + unit * unit * ((1 - 3) * (1 - 3) + (2 - 1) * (2 - 1));
    assertThat(FrechetDistance.between(first, second)).isCloseTo(expected, within(1e-12));
    assertThat(FrechetDistance.between(second, first)).isCloseTo(expected, within(1e-12));
  }

  @Test
  void agreesWithNumpy() {
    float[][] x = new float[12][4];
    float[][] y = new float[9][4];
    for (int j = 0; j < 4; j++) {
      for (int i = 0; i < x.length; i++) {
        x[i][j] = (float) Math.sin(i * i * (j + 1));
      }
      for (int i = 0; i < y.length; i++) {
        y[i][j] = (float) (Math.cos(i * (j + 2)) + 0.1 * j);
      }
    }
    // src/test/python/frechet_distance.py
    assertThat(FrechetDistance.between(x, y)).isCloseTo(0.7323876320685123, within(1e-9));
  }

  @Test
  void unfitSetsAreRefused() {
    Tensor fine = features(1, 3, 2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FrechetDistance.between(fine, features(1, 1, 2)))
        .withMessageContaining("n at least 2")
        .withMessageContaining("[1, 2]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FrechetDistance.between(fine, features(1, 3, 4)))
        .withMessageContaining("got 2 and 4");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> FrechetDistance.between(new float[][] {{1, 2}, {3, Float.NaN}}, new float[2][2]))
        .withMessageContaining("got NaN in vector 1 at 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FrechetDistance.between(new float[][] {{1, 2}, {3}}, new float[2][2]))
        .withMessageContaining("got 2 and 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FrechetDistance.between(new float[0][], new float[2][2]));
  }
}
