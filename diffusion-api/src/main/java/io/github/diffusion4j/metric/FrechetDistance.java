package io.github.diffusion4j.metric;

import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.internal.Checks;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.QRDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;

/**
 * The Fréchet distance of two sets of feature vectors, each taken for a sample of a normal
 * distribution (Heusel et al. 2017, equation 6): {@code ‖μ₁ − μ₂‖² + tr(Σ₁ + Σ₂ − 2·(Σ₁Σ₂)^½)},
 * with the mean μ and the unbiased covariance Σ of each set.
 *
 * <p>With features of the Inception network it is called FID. It depends on the number of vectors:
 * compare only distances of equally large sets. Computed in double precision in O(n·d² + d³).
 */
public final class FrechetDistance {

  private FrechetDistance() {}

  /**
   * The distance of two sets.
   *
   * @param a feature vectors {@code [n, d]} with n at least 2 and d at least 1, finite
   * @param b feature vectors {@code [m, d]} with m at least 2, finite
   * @return the distance, at least 0
   * @throws IllegalArgumentException if a shape is another one, the lengths of the vectors differ,
   *     or a value is not finite
   */
  public static double between(Tensor a, Tensor b) {
    check(a);
    check(b);
    Checks.require(
        a.shape().size(1) == b.shape().size(1),
        () ->
            "vectors must have one length, got " + a.shape().size(1) + " and " + b.shape().size(1));
    double[][] x = rows(a);
    double[][] y = rows(b);
    double[] meanX = center(x);
    double[] meanY = center(y);
    double distance = 0;
    for (int j = 0; j < meanX.length; j++) {
      distance += (meanX[j] - meanY[j]) * (meanX[j] - meanY[j]);
    }
    RealMatrix factorX = factor(x);
    RealMatrix factorY = factor(y);
    double trace = square(factorX) + square(factorY);
    return Math.max(0, distance + trace - 2 * rootTrace(factorX, factorY));
  }

  /**
   * The distance of two sets.
   *
   * @param a feature vectors {@code [n][d]} with n at least 2 and d at least 1, finite
   * @param b feature vectors {@code [m][d]} with m at least 2, finite
   * @return the distance, at least 0
   * @throws IllegalArgumentException if there are too few vectors, their lengths differ, or a value
   *     is not finite
   */
  public static double between(float[][] a, float[][] b) {
    return between(tensor(a), tensor(b));
  }

  private static Tensor tensor(float[][] rows) {
    int length = rows.length == 0 ? 0 : rows[0].length;
    float[] values = new float[Shape.of(rows.length, length).elements()];
    for (int i = 0; i < rows.length; i++) {
      float[] row = rows[i];
      Checks.require(
          row.length == length,
          () -> "vectors must have one length, got " + length + " and " + row.length);
      System.arraycopy(row, 0, values, i * length, length);
    }
    return Tensor.of(Shape.of(rows.length, length), values);
  }

  private static void check(Tensor features) {
    Shape shape = features.shape();
    Checks.require(
        shape.rank() == 2 && shape.size(0) >= 2 && shape.size(1) >= 1,
        () -> "features must be [n, d] with n at least 2 and d at least 1, got shape " + shape);
    float[] values = features.toArray();
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new IllegalArgumentException(
            "features must be finite, got "
                + values[i]
                + " in vector "
                + i / shape.size(1)
                + " at "
                + i % shape.size(1));
      }
    }
  }

  private static double[][] rows(Tensor features) {
    int length = features.shape().size(1);
    float[] values = features.toArray();
    double[][] rows = new double[features.shape().size(0)][length];
    for (int i = 0; i < values.length; i++) {
      rows[i / length][i % length] = values[i];
    }
    return rows;
  }

  /** Takes the mean off every row. */
  private static double[] center(double[][] rows) {
    double[] mean = new double[rows[0].length];
    for (double[] row : rows) {
      for (int j = 0; j < mean.length; j++) {
        mean[j] += row[j] / rows.length;
      }
    }
    for (double[] row : rows) {
      for (int j = 0; j < mean.length; j++) {
        row[j] -= mean[j];
      }
    }
    return mean;
  }

  /** A matrix R with Σ = RᵀR, at most d rows. */
  private static RealMatrix factor(double[][] centered) {
    int length = centered[0].length;
    RealMatrix r = new QRDecomposition(new Array2DRowRealMatrix(centered, false)).getR();
    int rows = Math.min(centered.length, length);
    return r.getSubMatrix(0, rows - 1, 0, length - 1)
        .scalarMultiply(1 / Math.sqrt(centered.length - 1));
  }

  /** The trace of RᵀR. */
  private static double square(RealMatrix factor) {
    double norm = factor.getFrobeniusNorm();
    return norm * norm;
  }

  /**
   * The trace of (Σ₁Σ₂)^½, which is the sum of the singular values of R₁R₂ᵀ: their squares are the
   * eigenvalues of Σ₁Σ₂. No root of a rounded eigenvalue is taken, so singular covariances lose no
   * digits.
   */
  private static double rootTrace(RealMatrix first, RealMatrix second) {
    RealMatrix product = first.multiply(second.transpose());
    double trace = 0;
    for (double value : new SingularValueDecomposition(product).getSingularValues()) {
      trace += value;
    }
    return trace;
  }
}
