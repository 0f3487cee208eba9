package io.github.diffusion4j;

import org.apache.commons.math3.stat.descriptive.rank.Percentile;
import org.apache.commons.math3.stat.descriptive.rank.Percentile.EstimationType;

/** Dynamic thresholding, image by image. */
final class Threshold {

  private Threshold() {}

  static Tensor apply(Tensor clean, double ratio, double most) {
    if (most == 1) {
      return clean.clamp(-1, 1);
    }
    int each = clean.shape().elementsPerImage();
    float[] values = clean.toArray();
    for (int from = 0; from < values.length; from += each) {
      double bound = bound(values, from, each, ratio, most);
      double share = 1 / bound;
      for (int i = from; i < from + each; i++) {
        values[i] = (float) (within(bound, values[i]) * share);
      }
    }
    return Tensor.wrap(clean.shape(), values);
  }

  /** By comparisons, which are faster here than {@code Math.max} and {@code Math.min}. */
  private static double within(double bound, double value) {
    if (value > bound) {
      return bound;
    }
    return value < -bound ? -bound : value;
  }

  /** The quantile within [1, most]; counting shows where it lies beyond an end. */
  private static double bound(float[] values, int from, int count, double ratio, double most) {
    int aboveOne = 0;
    int aboveMost = 0;
    for (int i = from; i < from + count; i++) {
      float size = Math.abs(values[i]);
      aboveOne += size > 1 ? 1 : 0;
      aboveMost += size > most ? 1 : 0;
    }
    // Between which two of the sorted values the quantile lies.
    int lower = (int) Math.floor(ratio * (count - 1));
    if (aboveOne < count - lower - 1) {
      return 1;
    }
    if (aboveMost >= count - lower) {
      return most;
    }
    double[] sizes = new double[count];
    for (int i = 0; i < count; i++) {
      sizes[i] = Math.abs(values[from + i]);
    }
    // R-7 interpolates linearly, as torch's quantile does.
    double quantile =
        new Percentile().withEstimationType(EstimationType.R_7).evaluate(sizes, 100 * ratio);
    return Math.max(1, Math.min(most, quantile));
  }
}
