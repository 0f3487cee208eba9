package io.github.diffusion4j;

import static org.assertj.core.api.Assertions.assertThat;

/** TestTensors for tests. */
final class TestTensors {

  private TestTensors() {}

  static Tensor noise(int seed, Shape shape) {
    return Noise.perImage(seed).stream(shape).next();
  }

  static Tensor row(float... values) {
    return Tensor.of(Shape.images(1, 1, 1, values.length), values);
  }

  static void assertClose(Tensor actual, Tensor expected, double tolerance) {
    assertThat(actual.shape()).isEqualTo(expected.shape());
    float[] a = actual.toArray();
    float[] b = expected.toArray();
    for (int i = 0; i < a.length; i++) {
      assertThat((double) a[i]).as("value %d", i).isCloseTo(b[i], within(tolerance));
    }
  }

  private static org.assertj.core.data.Offset<Double> within(double tolerance) {
    return org.assertj.core.api.Assertions.within(tolerance);
  }
}
