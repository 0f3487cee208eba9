package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;

/**
 * Another way to look at an image, such as upside down, for images that show different things to
 * different looks (visual anagrams; Geng, Park and Owens 2024).
 *
 * <p>A view is an orthogonal map with its inverse: it moves pixels or changes signs, so that noise
 * seen through it is still standard normal. Views are pure values, for images of any size that fits
 * them.
 */
public interface View {

  /**
   * What is seen.
   *
   * @param images {@code [batch, channels, height, width]}
   * @return the images as seen, of the same shape
   * @throws IllegalArgumentException if this view does not fit images of that size
   */
  Tensor apply(Tensor images);

  /**
   * Takes the view back: {@code invert(apply(x)) = x}, bit for bit.
   *
   * @param seen images as seen
   * @return the images
   * @throws IllegalArgumentException if this view does not fit images of that size
   */
  Tensor invert(Tensor seen);

  /**
   * Takes the view back for a learned variance, which moves with the pixels but has no sign to
   * change.
   *
   * @param seen the variance as seen
   * @return the variance
   * @throws IllegalArgumentException if this view does not fit images of that size
   */
  default Tensor invertVariance(Tensor seen) {
    return invert(seen);
  }

  /** The image as it is. */
  static View identity() {
    return Views.IDENTITY;
  }

  /** Upside down: the rows in reverse order. */
  static View flip() {
    return Views.FLIP;
  }

  /** Turned by 90° clockwise; for square images. */
  static View rotateClockwise() {
    return Views.CLOCKWISE;
  }

  /** Turned by 90° counterclockwise; for square images. */
  static View rotateCounterclockwise() {
    return Views.COUNTERCLOCKWISE;
  }

  /** Turned by 180°. */
  static View rotateHalf() {
    return Views.HALF;
  }

  /** The negative: every sign changed. For values in [−1, 1], black is seen white. */
  static View negate() {
    return Views.NEGATE;
  }

  /**
   * Sheared: column x is rolled down by {@code factor·(x − ⌊height/2⌋)} rows, towards 0 rounded.
   *
   * @param factor finite; visual_anagrams takes 1.5
   * @return the view
   * @throws IllegalArgumentException if the factor is not finite
   */
  static View skew(double factor) {
    return Views.skew(Checks.finite(factor, "skew factor"));
  }

  /**
   * Cut into {@code count·count} equal patches, which are put together in another order: patch i of
   * what is seen is patch {@code torch.randperm(count²)[i]} of the image.
   *
   * @param count the number of patches along a side, in [1, 1024]; 8 is visual_anagrams'
   *     patch_permute, 64 its pixel_permute
   * @param seed decides the order
   * @return the view, for images whose sides are multiples of the count
   * @throws IllegalArgumentException if the count is out of range
   */
  static View patches(int count, long seed) {
    return Views.patches(Checks.inRange(1, 1024, count, "patches"), seed);
  }

  /**
   * A jigsaw puzzle of 4×4 pieces with tabs, put together in another way: corners change places
   * with corners, edges with edges and inner pieces with inner pieces, turned as they must be.
   *
   * @param seed decides which
   * @return the view, for square images whose side is a multiple of 4 and at least 16
   */
  static View jigsaw(long seed) {
    return Jigsaw.view(seed);
  }

  /**
   * The disc of three quarters of the side turned by 180°, the rest as it is; for square images.
   */
  static View innerCircle() {
    return Views.INNER_CIRCLE;
  }

  /**
   * Hinged squares: of 3×3 squares the even ones turned by 90° clockwise, the odd ones
   * counterclockwise; for square images, whose last row and column stay where 3 does not divide the
   * side.
   */
  static View squareHinge() {
    return Views.SQUARE_HINGE;
  }
}
