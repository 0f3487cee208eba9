package io.github.diffusion4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random numbers against PyTorch's own. */
class TorchGeneratorGoldenTest {

  /** Their difference from PyTorch's, whose float32 logarithm and sine are approximations. */
  private static final double TOLERANCE = 2e-6;

  record Draw(String kind, int n, List<Double> values) {}

  record Sums(double sum, List<Double> first, List<Double> last) {}

  /** A seed is any 64 bits, read as a signed or an unsigned number. */
  record Case(BigInteger seed, List<Draw> draws, @JsonProperty("image_1x3x64x64") Sums image) {
    @Override
    public String toString() {
      return "seed " + seed;
    }
  }

  record Content(String reference, String note, List<Case> cases) {}

  static Stream<Case> cases() {
    return Goldens.read("rng.json", Content.class).cases().stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void drawsOfASeedAreTorchs(Case golden) {
    TorchGenerator generator = TorchGenerator.seeded(golden.seed.longValue());
    for (int i = 0; i < golden.draws.size(); i++) {
      Draw draw = golden.draws.get(i);
      if (draw.kind.equals("randn16")) {
        assertRounded(generator.halfBeforeRounding(draw.n), array(draw.values));
        continue;
      }
      assertThat(drawn(generator, draw))
          .as("draw %d, %s(%d)", i, draw.kind, draw.n)
          .containsExactly(array(draw.values), within(tolerance(draw.kind)));
    }
  }

  /** The tolerance is that before rounding: it may lead to the neighbour near a middle. */
  private static void assertRounded(float[] values, double[] expected) {
    assertThat(values).hasSameSizeAs(expected);
    for (int i = 0; i < values.length; i++) {
      assertThat(expected[i])
          .as("number %d of float16, before rounding %s", i, values[i])
          .isBetween(
              (double) TorchGenerator.roundToHalf((float) (values[i] - TOLERANCE)),
              (double) TorchGenerator.roundToHalf((float) (values[i] + TOLERANCE)));
    }
  }

  private static double tolerance(String kind) {
    return kind.equals("randperm") || kind.equals("randint") ? 0 : TOLERANCE;
  }

  private static double[] drawn(TorchGenerator generator, Draw draw) {
    return switch (draw.kind) {
      case "rand" -> doubles(generator.rand(draw.n));
      case "randn" -> doubles(generator.randn(draw.n));
      case "randn64" -> generator.randnDouble(draw.n);
      case "randint" ->
          LongStream.of(generator.randint(0, 1000, draw.n)).asDoubleStream().toArray();
      case "randperm" -> IntStream.of(generator.randperm(draw.n)).asDoubleStream().toArray();
      default -> throw new AssertionError("unknown kind of draw: " + draw.kind);
    };
  }

  private static double[] array(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static double[] doubles(float[] values) {
    return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void anImageOfASeedIsTorchs(Case golden) {
    Tensor image = Noise.torch(golden.seed.longValue()).stream(Shape.images(1, 3, 64, 64)).next();
    double[] values = doubles(image.toArray());
    assertThat(DoubleStream.of(values).sum()).isCloseTo(golden.image.sum, within(1e-3));
    int first = golden.image.first.size();
    assertThat(Arrays.copyOf(values, first))
        .containsExactly(array(golden.image.first), within(TOLERANCE));
    int last = golden.image.last.size();
    assertThat(Arrays.copyOfRange(values, values.length - last, values.length))
        .containsExactly(array(golden.image.last), within(TOLERANCE));
  }
}
