package io.github.diffusion4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.FloatBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class TensorTest {

  private static final Tensor DIGITS = Tensor.of(Shape.of(2, 3), 0, 1, 2, 3, 4, 5);

  @Test
  void valuesAreCopiedInAndOut() {
    float[] values = {1, 2};
    Tensor tensor = Tensor.of(Shape.of(2), values);
    values[0] = 9;
    tensor.toArray()[1] = 9;
    assertThat(tensor.toArray()).containsExactly(1, 2);
  }

  @Test
  void aBufferIsReadFromItsPositionAndLeftThere() {
    FloatBuffer buffer = FloatBuffer.wrap(new float[] {9, 1, 2, 9});
    buffer.position(1);
    assertThat(Tensor.of(Shape.of(2), buffer).toArray()).containsExactly(1, 2);
    assertThat(buffer.position()).isEqualTo(1);
  }

  @Test
  void concatUndoesImages() {
    assertThat(Tensors.concat(List.of(DIGITS.images(0, 1), DIGITS.images(1, 2)))).isEqualTo(DIGITS);
    assertThat(DIGITS.images(1, 1).shape()).isEqualTo(Shape.of(0, 3));
  }

  @Test
  void channelsAreTakenFromEveryImage() {
    Tensor tensor = Tensor.of(Shape.images(2, 2, 1, 2), 0, 1, 2, 3, 4, 5, 6, 7);
    assertThat(tensor.channels(1, 2)).isEqualTo(Tensor.of(Shape.images(2, 1, 1, 2), 2, 3, 6, 7));
  }

  @Test
  void oneHotHasAOneAtTheLabel() {
    assertThat(Tensor.oneHot(3, 2, 0)).isEqualTo(Tensor.of(Shape.of(2, 3), 0, 0, 1, 1, 0, 0));
  }

  @Test
  void mixAddsMultiples() {
    assertThat(Tensors.mix(2, DIGITS, -1, DIGITS)).isEqualTo(DIGITS);
    assertThat(Tensors.weightedSum(new double[] {.5, .25, .25}, List.of(DIGITS, DIGITS, DIGITS)))
        .isEqualTo(DIGITS);
  }

  @Test
  void aShapeCountsTheValuesOfAnImageEvenInAnEmptyBatch() {
    assertThat(Shape.images(0, 3, 4, 5).elementsPerImage()).isEqualTo(60);
    assertThat(Shape.images(0, 3, 4, 5).elements()).isZero();
    assertThatIllegalArgumentException().isThrownBy(() -> Shape.of(0, 100_000, 100_000));
  }

  @Test
  void notANumberIsNotFinite() {
    assertThat(DIGITS.isFinite()).isTrue();
    assertThat(DIGITS.times(Double.NaN).isFinite()).isFalse();
    assertThat(DIGITS.times(Double.POSITIVE_INFINITY).isFinite()).isFalse();
  }

  @Test
  void mistakesAreNamedWithValueAndRange() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Tensor.of(Shape.of(2, 2), 1, 2, 3))
        .withMessageContaining("[2, 2] has 4 values, got 3");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DIGITS.images(1, 3))
        .withMessageContaining("[0, 2], got [1, 3)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DIGITS.get(0, 3))
        .withMessageContaining("axis 1 must be in [0, 2], got 3");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Tensor.oneHot(10, 10))
        .withMessageContaining("[0, 9], got 10");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Tensors.mix(1, DIGITS, 1, Tensor.zeros(Shape.of(2))))
        .withMessageContaining("got [2, 3] and [2]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Shape.of(1 << 20, 1 << 20))
        .withMessageContaining("at most");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Shape.of(-1))
        .withMessageContaining("at least 0, got -1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Tensors.concat(List.of()))
        .withMessageContaining("at least one");
  }
}
