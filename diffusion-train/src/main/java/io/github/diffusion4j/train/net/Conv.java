package io.github.diffusion4j.train.net;

import io.github.diffusion4j.internal.Checks;

/**
 * The sizes of a convolution.
 *
 * @param in the number of input channels
 * @param out the number of output channels
 * @param kernel the side of the kernel
 * @param stride the step between places where the kernel is laid (of the output, if transposed)
 * @param padding the border of zeros (taken away from the output, if transposed)
 * @param transposed whether this is the transposed convolution, whose weight is {@code [in, out,
 *     kernel, kernel]}
 */
public record Conv(int in, int out, int kernel, int stride, int padding, boolean transposed) {

  /** The longest side of images. */
  private static final int LONGEST = 4096;

  /**
   * Checks the sizes.
   *
   * @throws IllegalArgumentException if channels are below 1, kernel or stride not in [1, 4096], or
   *     padding not in [0, 4096]
   */
  public Conv {
    Checks.atLeast(1, in, "input channels");
    Checks.atLeast(1, out, "output channels");
    Checks.inRange(1, LONGEST, kernel, "kernel");
    Checks.inRange(1, LONGEST, stride, "stride");
    Checks.inRange(0, LONGEST, padding, "padding");
  }

  /**
   * Keeps the size: kernel 3, stride 1, padding 1.
   *
   * @param in the number of input channels
   * @param out the number of output channels
   * @return the sizes
   */
  public static Conv same(int in, int out) {
    return new Conv(in, out, 3, 1, 1, false);
  }

  /**
   * Halves the sides: kernel 3, stride 2, padding 1.
   *
   * @param in the number of input channels
   * @param out the number of output channels
   * @return the sizes
   */
  public static Conv halving(int in, int out) {
    return new Conv(in, out, 3, 2, 1, false);
  }

  /**
   * Doubles the sides: transposed, kernel 4, stride 2, padding 1.
   *
   * @param in the number of input channels
   * @param out the number of output channels
   * @return the sizes
   */
  public static Conv doubling(int in, int out) {
    return new Conv(in, out, 4, 2, 1, true);
  }

  /**
   * Turns one pixel into a square: transposed, kernel and stride of its size.
   *
   * @param channels the number of input and output channels
   * @param size the square's side
   * @return the sizes
   */
  public static Conv growing(int channels, int size) {
    return new Conv(channels, channels, size, size, 0, true);
  }

  /**
   * The length of one output side.
   *
   * @param side the length of the input's side
   * @return its length after this convolution, at most {@code Integer.MAX_VALUE}; below 1 where the
   *     kernel does not fit
   */
  public int sideAfter(int side) {
    long after =
        transposed
            ? (side - 1L) * stride - 2L * padding + kernel
            : Math.floorDiv(side + 2L * padding - kernel, stride) + 1;
    return (int) Math.min(Integer.MAX_VALUE, after);
  }
}
