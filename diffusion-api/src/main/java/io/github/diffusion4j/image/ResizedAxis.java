package io.github.diffusion4j.image;

/**
 * One axis of a picture made longer or shorter: which old pixels a new one is made of, and how much
 * of each.
 *
 * <p>With {@code s} old pixels to a new one, and its centre at {@code c = (i + 1/2)·s}, new pixel
 * {@code i} is the mean of the old ones weighted by {@code max(0, 1 − |x + 1/2 − c| / max(s, 1))}.
 * The weights are whole multiples of 2⁻²² and the mean is rounded to 8 bits, which makes it equal
 * to Pillow's bilinear filter (src/libImaging/Resample.c) in every bit.
 */
final class ResizedAxis {

  private static final int BITS = 22;

  private final int[] starts;
  private final int[][] weights;

  private ResizedAxis(int[] starts, int[][] weights) {
    this.starts = starts;
    this.weights = weights;
  }

  /**
   * The middle {@code side} pixels of an axis of a picture whose shorter axis is made that long. As
   * by torchvision's Resize and CenterCrop, the whole axis gets a length rounded down, and what is
   * cut off before the middle is rounded, halves to the even neighbour.
   */
  static ResizedAxis middle(int length, int shorter, int side) {
    long resized = (long) side * length / shorter;
    double from = Math.rint((resized - side) / 2.0);
    double scale = (double) length / resized;
    int[] starts = new int[side];
    int[][] weights = new int[side][];
    for (int i = 0; i < side; i++) {
      double centre = (from + i + 0.5) * scale;
      double reach = Math.max(scale, 1);
      starts[i] = Math.max(0, (int) (centre - reach + 0.5));
      int end = Math.min(length, (int) (centre + reach + 0.5));
      weights[i] = weights(starts[i], end, centre, 1 / reach);
    }
    return new ResizedAxis(starts, weights);
  }

  private static int[] weights(int start, int end, double centre, double slope) {
    double[] shares = new double[end - start];
    double sum = 0;
    for (int k = 0; k < shares.length; k++) {
      shares[k] = Math.max(0, 1 - Math.abs((start + k - centre + 0.5) * slope));
      sum += shares[k];
    }
    int[] weights = new int[shares.length];
    for (int k = 0; k < weights.length; k++) {
      weights[k] = (int) (0.5 + shares[k] / sum * (1 << BITS));
    }
    return weights;
  }

  /** The first old pixel that is of any use. */
  int start() {
    return starts[0];
  }

  /** The old pixel behind the last that is of any use. */
  int end() {
    return starts[starts.length - 1] + weights[weights.length - 1].length;
  }

  /**
   * A new pixel, from 0 to 255.
   *
   * @param old levels of old pixels that lie {@code stride} apart, {@link #start} at {@code offset}
   */
  int level(int pixel, int[] old, int offset, int stride) {
    int sum = 1 << (BITS - 1);
    int at = offset + (starts[pixel] - starts[0]) * stride;
    for (int weight : weights[pixel]) {
      sum += weight * old[at];
      at += stride;
    }
    // Rounded weights may add up to more than 1.
    return Math.min(255, sum >> BITS);
  }
}
