package io.github.diffusion4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.apache.commons.math3.random.MersenneTwister;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Acceptance 16 to 18, and what other programs say of the same generator. */
class TorchGeneratorTest {

  private static void assertNumbers(float[] found, double... expected) {
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) found[i]).isCloseTo(expected[i], within(1e-6));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 42, Integer.MAX_VALUE})
  void bitsAreThoseOfCommonsMath(int seed) {
    MersenneTwister oracle = new MersenneTwister(seed);
    io.github.diffusion4j.MersenneTwister ours = new io.github.diffusion4j.MersenneTwister(seed);
    for (int i = 0; i < 2000; i++) {
      assertThat(ours.next()).isEqualTo(oracle.nextInt());
    }
  }

  @Test
  void fifteenNumbersAndSixteenComeByDifferentTransforms() {
    assertNumbers(TorchGenerator.seeded(0).randn(4), 1.5409961, -.2934289, -2.1787894, .5684313);
    assertNumbers(TorchGenerator.seeded(0).randn(16), -1.1258398, -1.1523602, -.2505786, -.4338788);
    assertNumbers(TorchGenerator.seeded(42).randn(4), .3366904, .1288094, .2344624, .2303330);
    assertNumbers(TorchGenerator.seeded(42).randn(16), 1.9269153, 1.4872841, .9007172, -2.1055210);
    assertNumbers(TorchGenerator.seeded(42).randn(17), 1.9269153, -.1595975, -.4973975);
  }

  @Test
  void aSecondDrawGoesOn() {
    Noise.Stream noise = Noise.torch(42).stream(Shape.images(1, 3, 64, 64));
    float[] first = noise.next().toArray();
    assertNumbers(first, 1.9269153, 1.4872841, .9007172, -2.1055210, .6784185, -1.2345449);
    assertThat(first[first.length - 1]).isCloseTo(.9924377f, within(1e-6f));
    assertNumbers(noise.next().toArray(), 1.1461836, -.9251974);
  }

  @Test
  void halfIsRoundedAndDoubleIsAnother() {
    float[] plain = TorchGenerator.seeded(42).randn(48);
    float[] half = TorchGenerator.seeded(42).randnHalf(48);
    for (int i = 0; i < half.length; i++) {
      assertThat(half[i]).isCloseTo(plain[i], within(Math.abs(plain[i]) * 0x1p-11f));
    }
    assertThat(half[0]).isCloseTo(1.92676f, within(5e-6f));
    double[] doubles = TorchGenerator.seeded(42).randnDouble(48);
    assertThat(doubles[0]).isCloseTo(.2995563, within(1e-7));
    assertThat(doubles[2]).isCloseTo(.2832074, within(1e-7));
  }

  @Test
  void evenNumbersAndOrders() {
    assertNumbers(TorchGenerator.seeded(42).rand(4), .8822693, .9150040, .3828638, .9593056);
    assertThat(TorchGenerator.seeded(42).randperm(10))
        .containsExactly(2, 6, 1, 8, 4, 5, 0, 9, 3, 7);
    assertThat(TorchGenerator.seeded(42).randperm(0)).isEmpty();
  }

  @Test
  void onlyTheLowHalfOfTheSeedCounts() {
    assertThat(TorchGenerator.seeded(7 + (3L << 32)).randn(20))
        .isEqualTo(TorchGenerator.seeded(7).randn(20));
  }

  @Test
  void aWideRangeTakesSixtyFourBits() {
    // From PyTorch 2.15.
    TorchGenerator generator = TorchGenerator.seeded(42);
    assertThat(generator.randint(0, (1L << 28) - 1, 3))
        .containsExactly(266460267, 199900607, 56755051);
    assertThat(generator.randint(0, 1L << 28, 3)).containsExactly(191100010, 155299516, 133224038);
    long[] wide = TorchGenerator.seeded(42).randint(Long.MIN_VALUE / 4, Long.MAX_VALUE / 4, 1000);
    assertThat(Arrays.stream(wide))
        .allMatch(v -> v >= Long.MIN_VALUE / 4 && v < Long.MAX_VALUE / 4);
  }

  @Test
  void oneGeneratorAnImageDoesNotDependOnTheBatch() {
    Shape three = Shape.images(3, 1, 5, 5);
    Noise.Stream batch = Noise.torchPerImage(7).stream(three);
    Noise.Stream alone = Noise.torch(9).stream(three.withBatch(1));
    for (int draw = 0; draw < 3; draw++) {
      assertThat(batch.next().images(2, 3)).isEqualTo(alone.next());
    }
    assertThat(Noise.torch(7).stream(three).next().images(1, 2))
        .isNotEqualTo(Noise.torchPerImage(7).stream(three).next().images(1, 2));
  }

  @Test
  void countsAndRangesAreChecked() {
    TorchGenerator generator = TorchGenerator.seeded(0);
    assertThatIllegalArgumentException().isThrownBy(() -> generator.rand(-1));
    assertThatIllegalArgumentException().isThrownBy(() -> generator.randn(-1));
    assertThatIllegalArgumentException().isThrownBy(() -> generator.randint(3, 3, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> generator.randint(Long.MIN_VALUE, Long.MAX_VALUE, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> generator.randperm(-1));
  }
}
