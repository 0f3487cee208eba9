package io.github.diffusion4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class ElementaryTest {

  /** The largest error against the platform's slow and exact functions, in units of 2^-52. */
  private static double error(
      DoubleUnaryOperator ours,
      DoubleUnaryOperator exact,
      double low,
      double high,
      boolean relative) {
    SplittableRandom random = new SplittableRandom(1);
    double worst = 0;
    for (int i = 0; i < 1_000_000; i++) {
      double x = low + (high - low) * random.nextDouble();
      double expected = exact.applyAsDouble(x);
      double scale = relative ? Math.abs(expected) : 1;
      worst = Math.max(worst, Math.abs(ours.applyAsDouble(x) - expected) / scale);
    }
    return worst * 0x1p52;
  }

  @Test
  void allAreExactToTwoUnitsInTheLastPlace() {
    assertThat(error(Elementary::log, StrictMath::log, 0x1p-33, 1, true)).isLessThan(2);
    assertThat(error(Elementary::log, StrictMath::log, 0x1p-33, 0x1p-20, true)).isLessThan(2);
    assertThat(error(Elementary::sin, StrictMath::sin, -7, 7, false)).isLessThan(1.5);
    assertThat(error(Elementary::cos, StrictMath::cos, -7, 7, false)).isLessThan(1.5);
    assertThat(error(Elementary::exp, StrictMath::exp, -60, 60, true)).isLessThan(2);
    assertThat(error(Elementary::exp, StrictMath::exp, -1, 1, true)).isLessThan(2);
  }

  @Test
  void endsOfTheRangesAreExact() {
    assertThat(Elementary.log(1)).isZero();
    assertThat(Elementary.exp(0)).isEqualTo(1);
    assertThat(Elementary.sin(0)).isZero();
    assertThat(Elementary.cos(0)).isEqualTo(1);
    assertThat(Elementary.log(0x1p-33)).isEqualTo(StrictMath.log(0x1p-33));
    assertThat(Elementary.exp(-700)).isCloseTo(StrictMath.exp(-700), within(1e-318));
  }

  @Test
  void logarithmsGoOnWhereTheirFractionsBeginAnew() {
    double root = Math.sqrt(0.5);
    for (double x : new double[] {root, Math.nextUp(root), Math.nextDown(root), 0.5, 1, 2 * root}) {
      assertThat(Elementary.log(x)).isCloseTo(StrictMath.log(x), within(0x1p-52));
    }
  }

  @Test
  void sineAndCosineHaveTheSignsOfTheirQuarters() {
    for (int quarter = -4; quarter <= 4; quarter++) {
      double x = (quarter + 0.25) * Math.PI / 2;
      assertThat(Elementary.sin(x)).isCloseTo(StrictMath.sin(x), within(0x1p-51));
      assertThat(Elementary.cos(x)).isCloseTo(StrictMath.cos(x), within(0x1p-51));
    }
  }
}
