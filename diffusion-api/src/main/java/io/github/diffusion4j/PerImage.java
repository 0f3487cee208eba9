package io.github.diffusion4j;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleBinaryOperator;

/** Numbers of each image of a batch, over all of its channels and pixels, in double precision. */
final class PerImage {

  private PerImage() {}

  /** The same number for each image. */
  static double[] all(double value, int batch) {
    double[] values = new double[batch];
    Arrays.fill(values, value);
    return values;
  }

  /** The inner products {@code ⟨a, b⟩}. */
  static double[] dot(Tensor a, Tensor b) {
    a.shape().checkEqual(b.shape());
    int each = a.shape().elementsPerImage();
    double[] sums = new double[a.shape().batch()];
    for (int i = 0; i < a.values().length; i++) {
      sums[i / each] += (double) a.values()[i] * b.values()[i];
    }
    return sums;
  }

  /** The standard deviations, with n − 1 in the denominator; NaN for images of one value. */
  static double[] deviation(Tensor images) {
    int each = images.shape().elementsPerImage();
    double[] means = new double[images.shape().batch()];
    for (int i = 0; i < images.values().length; i++) {
      means[i / each] += images.values()[i] / (double) each;
    }
    double[] squares = new double[means.length];
    for (int i = 0; i < images.values().length; i++) {
      double difference = images.values()[i] - means[i / each];
      squares[i / each] += difference * difference;
    }
    return Arrays.stream(squares).map(square -> Math.sqrt(square / (each - 1))).toArray();
  }

  /** {@code f(a, b)} image by image. */
  static double[] map(double[] a, double[] b, DoubleBinaryOperator f) {
    double[] values = new double[a.length];
    Arrays.setAll(values, i -> f.applyAsDouble(a[i], b[i]));
    return values;
  }

  /** {@code a/b}, and 0 where b is 0. */
  static double[] ratio(double[] a, double[] b) {
    return map(a, b, (x, y) -> y == 0 ? 0 : x / y);
  }

  /** The sum of tensors, each image times a factor of its own, rounded once. */
  static Tensor sum(List<double[]> factors, List<Tensor> tensors) {
    Shape shape = tensors.get(0).shape();
    tensors.forEach(tensor -> shape.checkEqual(tensor.shape()));
    int each = shape.elementsPerImage();
    float[] values = new float[shape.elements()];
    for (int i = 0; i < values.length; i++) {
      double sum = 0;
      for (int k = 0; k < tensors.size(); k++) {
        sum += factors.get(k)[i / each] * tensors.get(k).values()[i];
      }
      values[i] = (float) sum;
    }
    return Tensor.wrap(shape, values);
  }
}
