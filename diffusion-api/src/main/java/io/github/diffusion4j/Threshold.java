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
    double[] sizes = new double[each];
    // R-7 interpolates linearly, as torch's quantile does.
    Percentile quantile = new Percentile(100 * ratio).withEstimationType(EstimationType.R_7);
    for (int from = 0; from < values.length; from += each) {
      for (int i = 0; i < each; i++) {
        sizes[i] = Math.abs(values[from + i]);
      }
      double bound = Math.max(1, Math.min(most, quantile.evaluate(sizes)));
      for (int i = from; i < from + each; i++) {
        values[i] = (float) (Math.max(-bound, Math.min(bound, values[i])) / bound);
      }
    }
    return Tensor.wrap(clean.shape(), values);
  }
}
