package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;

/** Gaussian blur, rows first, then columns. */
record GaussianBlur(int kernel, double deviation) implements Filter {

  @Override
  public Tensor apply(Tensor images) {
    Shape shape = images.shape();
    Checks.require(
        shape.rank() == 4 && kernel / 2 < shape.size(2) && kernel / 2 < shape.size(3),
        () -> "a kernel of " + kernel + " must reach less far than the sides, got " + shape);
    int height = shape.size(2);
    int width = shape.size(3);
    float[] weights = weights();
    float[] source = images.values();
    float[] row = new float[width + kernel - 1];
    float[] across = new float[source.length];
    for (int from = 0; from < source.length; from += width) {
      for (int x = 0; x < row.length; x++) {
        row[x] = source[from + reflected(x - kernel / 2, width)];
      }
      for (int k = 0; k < kernel; k++) {
        add(across, from, weights[k], row, k, width);
      }
    }
    float[] blurred = new float[source.length];
    for (int plane = 0; plane < source.length; plane += height * width) {
      for (int y = 0; y < height; y++) {
        for (int k = 0; k < kernel; k++) {
          int other = plane + reflected(y + k - kernel / 2, height) * width;
          add(blurred, plane + y * width, weights[k], across, other, width);
        }
      }
    }
    return Tensor.wrap(shape, blurred);
  }

  /** A loop that the compiler turns into vector instructions. */
  private static void add(
      float[] target, int at, float weight, float[] source, int from, int count) {
    for (int i = 0; i < count; i++) {
      target[at + i] += weight * source[from + i];
    }
  }

  /** Reflection about the border pixel, which is not repeated. */
  private static int reflected(int index, int length) {
    int positive = Math.abs(index);
    return positive < length ? positive : 2 * (length - 1) - positive;
  }

  float[] weights() {
    double[] exact = new double[kernel];
    double sum = 0;
    for (int k = 0; k < kernel; k++) {
      double distance = (k - kernel / 2) / deviation;
      exact[k] = Math.exp(-0.5 * distance * distance);
      sum += exact[k];
    }
    float[] weights = new float[kernel];
    for (int k = 0; k < kernel; k++) {
      weights[k] = (float) (exact[k] / sum);
    }
    return weights;
  }

  @Override
  public Filter enlarged(int factor) {
    return new GaussianBlur(Filters.enlarged(kernel, factor), deviation * factor);
  }

  @Override
  public String toString() {
    return "gaussianBlur(" + kernel + ", " + deviation + ")";
  }
}
