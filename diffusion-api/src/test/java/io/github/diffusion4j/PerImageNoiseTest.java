package io.github.diffusion4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.stat.correlation.PearsonsCorrelation;
import org.apache.commons.math3.stat.descriptive.moment.Kurtosis;
import org.apache.commons.math3.stat.descriptive.moment.Mean;
import org.apache.commons.math3.stat.descriptive.moment.Skewness;
import org.apache.commons.math3.stat.descriptive.moment.Variance;
import org.apache.commons.math3.stat.inference.KolmogorovSmirnovTest;
import org.junit.jupiter.api.Test;

class PerImageNoiseTest {

  private static final Shape DIGITS = Shape.images(40, 1, 28, 28);

  /** Written down on an x86-64 machine under JDK 17. */
  private static final int BITS_OF_SEED_42 = -1751931380;

  private static double[] doubles(Tensor tensor) {
    float[] values = tensor.toArray();
    return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
  }

  @Test
  void bitsAreTheSameOnEveryMachine() {
    float[] values = Noise.perImage(42).stream(DIGITS).next().toArray();
    int bits = 0;
    for (float value : values) {
      bits = 31 * bits + Float.floatToIntBits(value);
    }
    assertThat(bits).isEqualTo(BITS_OF_SEED_42);
  }

  @Test
  void valuesAreStandardNormal() {
    double[] values = doubles(Noise.perImage(0).stream(DIGITS).next());
    double[] some = Arrays.copyOf(values, 10_000);
    double p =
        new KolmogorovSmirnovTest().kolmogorovSmirnovTest(new NormalDistribution(0, 1), some);
    assertThat(p).isGreaterThan(.01);
    double error = 1 / Math.sqrt(values.length);
    assertThat(new Mean().evaluate(values)).isCloseTo(0, within(4 * error));
    assertThat(new Variance().evaluate(values)).isCloseTo(1, within(4 * Math.sqrt(2) * error));
    assertThat(new Skewness().evaluate(values)).isCloseTo(0, within(4 * Math.sqrt(6) * error));
    assertThat(new Kurtosis().evaluate(values)).isCloseTo(0, within(4 * Math.sqrt(24) * error));
  }

  @Test
  void drawsAndNeighbouringSeedsAreUncorrelated() {
    Noise.Stream stream = Noise.perImage(5).stream(DIGITS);
    double[] first = doubles(stream.next());
    double[] second = doubles(stream.next());
    double[] next = doubles(Noise.perImage(6).stream(DIGITS).next());
    double error = 1 / Math.sqrt(first.length);
    PearsonsCorrelation correlation = new PearsonsCorrelation();
    assertThat(correlation.correlation(first, second)).isCloseTo(0, within(4 * error));
    assertThat(correlation.correlation(first, next)).isCloseTo(0, within(4 * error));
    double[] even = IntStream.range(0, first.length / 2).mapToDouble(i -> first[2 * i]).toArray();
    double[] odd =
        IntStream.range(0, first.length / 2).mapToDouble(i -> first[2 * i + 1]).toArray();
    assertThat(correlation.correlation(even, odd)).isCloseTo(0, within(6 * error));
  }

  @Test
  void resultsDoNotDependOnHowABatchIsCut() {
    Noise.Stream whole = Noise.perImage(0).stream(DIGITS);
    Noise.Stream rest = Noise.perImage(20).stream(DIGITS.withBatch(20));
    for (int draw = 0; draw < 3; draw++) {
      assertThat(whole.next().images(20, 40)).isEqualTo(rest.next());
    }
  }

  @Test
  void drawsDifferAndEveryStreamRepeatsThem() {
    Noise noise = Noise.perImage(-3);
    Noise.Stream stream = noise.stream(DIGITS);
    Tensor first = stream.next();
    Tensor second = stream.next();
    assertThat(second).isNotEqualTo(first);
    Noise.Stream again = noise.stream(DIGITS);
    assertThat(again.next()).isEqualTo(first);
    assertThat(again.next()).isEqualTo(second);
  }
}
