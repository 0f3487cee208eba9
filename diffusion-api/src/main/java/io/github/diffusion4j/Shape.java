package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.Arrays;

/**
 * The lengths of a tensor's axes, the first of which counts the images of a batch.
 *
 * <p>Immutable.
 */
public final class Shape {

  private final int[] sizes;
  private final int elementsPerImage;

  private Shape(int[] sizes) {
    long each = 1;
    for (int axis = 1; axis < sizes.length; axis++) {
      each = product(each, axis, sizes);
    }
    product(each, 0, sizes);
    this.sizes = sizes;
    this.elementsPerImage = (int) each;
  }

  private static long product(long product, int axis, int[] sizes) {
    long longer = product * Checks.atLeast(0, sizes[axis], "length of axis " + axis);
    Checks.require(
        longer <= Integer.MAX_VALUE - 8,
        () ->
            "a tensor holds at most "
                + (Integer.MAX_VALUE - 8)
                + " values, got "
                + Arrays.toString(sizes));
    return longer;
  }

  /**
   * A shape of any rank.
   *
   * @param sizes the length of each axis, at least 0; their product at most 2³¹ − 9
   * @return the shape
   * @throws IllegalArgumentException if there is no axis or a length is out of range
   */
  public static Shape of(int... sizes) {
    Checks.require(sizes.length > 0, () -> "a shape has at least one axis, got none");
    return new Shape(sizes.clone());
  }

  /**
   * The shape {@code [batch, channels, height, width]} of a batch of images.
   *
   * @param batch the number of images
   * @param channels the number of channels
   * @param height the number of rows
   * @param width the number of columns
   * @return the shape
   * @throws IllegalArgumentException if a length is negative
   */
  public static Shape images(int batch, int channels, int height, int width) {
    return new Shape(new int[] {batch, channels, height, width});
  }

  /** The number of axes. */
  public int rank() {
    return sizes.length;
  }

  /**
   * The length of an axis.
   *
   * @param axis from 0
   * @return its length
   * @throws IllegalArgumentException if there is no such axis
   */
  public int size(int axis) {
    Checks.require(
        axis >= 0 && axis < sizes.length,
        () -> "axis must be in [0, " + sizes.length + "), got " + axis);
    return sizes[axis];
  }

  /** The number of images, which is the length of the first axis. */
  public int batch() {
    return sizes[0];
  }

  /** The number of values. */
  public int elements() {
    return sizes[0] * elementsPerImage;
  }

  /** The number of values of one image. */
  public int elementsPerImage() {
    return elementsPerImage;
  }

  /**
   * The same shape for another number of images.
   *
   * @param batch the number of images, at least 0
   * @return the shape
   * @throws IllegalArgumentException if the number is negative or the product too large
   */
  public Shape withBatch(int batch) {
    int[] changed = sizes.clone();
    changed[0] = batch;
    return new Shape(changed);
  }

  /** The length of each axis, in a new array. */
  public int[] toArray() {
    return sizes.clone();
  }

  /** Where in row-major order a value lies. */
  int offset(int... index) {
    Checks.require(
        index.length == sizes.length,
        () -> "shape " + this + " takes " + sizes.length + " indices, got " + index.length);
    int offset = 0;
    for (int axis = 0; axis < index.length; axis++) {
      int at = index[axis];
      int of = axis;
      Checks.require(
          at >= 0 && at < sizes[of],
          () -> "index of axis " + of + " must be in [0, " + (sizes[of] - 1) + "], got " + at);
      offset = offset * sizes[of] + at;
    }
    return offset;
  }

  void checkEqual(Shape other) {
    Checks.require(equals(other), () -> "shapes must be equal, got " + this + " and " + other);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape that && Arrays.equals(sizes, that.sizes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(sizes);
  }

  @Override
  public String toString() {
    return Arrays.toString(sizes);
  }
}
