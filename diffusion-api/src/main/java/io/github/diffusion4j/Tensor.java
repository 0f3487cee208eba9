package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Numbers in a box: single-precision floats in row-major order, for images {@code [batch, channel,
 * row, column]}.
 *
 * <p>Immutable, so it may be shared between threads.
 */
public final class Tensor {

  private final Shape shape;
  private final float[] values;

  private Tensor(Shape shape, float[] values) {
    Checks.require(
        values.length == shape.elements(),
        () -> shape + " has " + shape.elements() + " values, got " + values.length);
    this.shape = shape;
    this.values = values;
  }

  /**
   * A tensor of the given values.
   *
   * @param shape its shape
   * @param values its values in row-major order, copied
   * @return the tensor
   * @throws IllegalArgumentException if the number of values is not the shape's
   */
  public static Tensor of(Shape shape, float... values) {
    return new Tensor(shape, values.clone());
  }

  /**
   * A tensor of the values that remain in a buffer, whose position does not change.
   *
   * @param shape its shape
   * @param values at least as many values as the shape has, copied
   * @return the tensor
   * @throws IllegalArgumentException if the buffer has too few values left
   */
  public static Tensor of(Shape shape, FloatBuffer values) {
    Checks.require(
        values.remaining() >= shape.elements(),
        () -> shape + " needs " + shape.elements() + " values, got " + values.remaining());
    float[] copy = new float[shape.elements()];
    values.duplicate().get(copy);
    return new Tensor(shape, copy);
  }

  /**
   * A tensor of zeros.
   *
   * @param shape its shape
   * @return the tensor
   */
  public static Tensor zeros(Shape shape) {
    return new Tensor(shape, new float[shape.elements()]);
  }

  /** A tensor of an array that must not change after, which saves the copy. */
  static Tensor wrap(Shape shape, float[] values) {
    return new Tensor(shape, values);
  }

  /**
   * One row for each label: 1 at the label, 0 elsewhere.
   *
   * @param classes the number of classes, at least 1
   * @param labels the labels, each in {@code [0, classes)}
   * @return {@code [labels.length, classes]}
   * @throws IllegalArgumentException if a label is out of range
   */
  public static Tensor oneHot(int classes, int... labels) {
    Checks.atLeast(1, classes, "classes");
    float[] values = new float[Shape.of(labels.length, classes).elements()];
    for (int i = 0; i < labels.length; i++) {
      values[i * classes + Checks.inRange(0, classes - 1, labels[i], "label")] = 1;
    }
    return new Tensor(Shape.of(labels.length, classes), values);
  }

  /** The values themselves, which must not be changed. */
  float[] values() {
    return values;
  }

  /** The lengths of the axes. */
  public Shape shape() {
    return shape;
  }

  /**
   * One value.
   *
   * @param index where, one index for each axis
   * @return the value
   * @throws IllegalArgumentException if the number of indices is not the rank, or one is out of
   *     range
   */
  public float get(int... index) {
    return values[shape.offset(index)];
  }

  /** The values in row-major order, in a new array. */
  public float[] toArray() {
    return values.clone();
  }

  /**
   * Writes all values to a buffer, whose position moves behind them.
   *
   * @param target a buffer with room for them
   * @throws java.nio.BufferOverflowException if there is too little room
   */
  public void copyTo(FloatBuffer target) {
    target.put(values);
  }

  /**
   * Some images of the batch.
   *
   * @param from the first image
   * @param to the image behind the last
   * @return {@code [to − from, …]}
   * @throws IllegalArgumentException if {@code 0 ≤ from ≤ to ≤ batch} does not hold
   */
  public Tensor images(int from, int to) {
    Checks.require(
        from >= 0 && from <= to && to <= shape.batch(),
        () -> "images must be in [0, " + shape.batch() + "], got [" + from + ", " + to + ")");
    if (from == 0 && to == shape.batch()) {
      return this;
    }
    int each = shape.elementsPerImage();
    return new Tensor(
        shape.withBatch(to - from), Arrays.copyOfRange(values, from * each, to * each));
  }

  /**
   * Some channels of every image.
   *
   * @param from the first channel
   * @param to the channel behind the last
   * @return {@code [batch, to − from, …]}
   * @throws IllegalArgumentException if {@code 0 ≤ from ≤ to ≤ channels} does not hold
   */
  public Tensor channels(int from, int to) {
    int[] sizes = shape.toArray();
    Checks.require(
        sizes.length > 1 && from >= 0 && from <= to && to <= sizes[1],
        () -> "channels must be in those of " + shape + ", got [" + from + ", " + to + ")");
    int each = shape.elementsPerImage();
    int area = sizes[1] == 0 ? 0 : each / sizes[1];
    sizes[1] = to - from;
    float[] chosen = new float[shape.batch() * area * (to - from)];
    for (int i = 0; i < shape.batch(); i++) {
      System.arraycopy(
          values, i * each + from * area, chosen, i * area * (to - from), area * (to - from));
    }
    return new Tensor(Shape.of(sizes), chosen);
  }

  /**
   * Every value within bounds.
   *
   * @param low the least value
   * @param high the greatest value, at least the least
   * @return the tensor with smaller values raised and greater ones lowered
   * @throws IllegalArgumentException if the bounds are not in order
   */
  public Tensor clamp(double low, double high) {
    Checks.require(low <= high, () -> "bounds must be in order, got " + low + " and " + high);
    float[] own = values;
    float[] clamped = new float[own.length];
    for (int i = 0; i < clamped.length; i++) {
      clamped[i] = (float) Math.max(low, Math.min(high, own[i]));
    }
    return new Tensor(shape, clamped);
  }

  /**
   * Every value times a factor.
   *
   * @param factor the factor
   * @return the product
   */
  public Tensor times(double factor) {
    if (factor == 1) {
      return this;
    }
    // Local: HotSpot may read a field again at every turn, which takes longer than the product.
    float[] own = values;
    float[] product = new float[own.length];
    for (int i = 0; i < product.length; i++) {
      product[i] = (float) (factor * own[i]);
    }
    return new Tensor(shape, product);
  }

  /** Whether no value is NaN or infinite. */
  public boolean isFinite() {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        return false;
      }
    }
    return true;
  }

  /** Whether the other object is a tensor of the same shape with the same bits. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Tensor that
        && shape.equals(that.shape)
        && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return 31 * shape.hashCode() + Arrays.hashCode(values);
  }

  /** The shape and the first values. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("Tensor").append(shape).append('(');
    for (int i = 0; i < Math.min(values.length, 6); i++) {
      text.append(i == 0 ? "" : ", ").append(values[i]);
    }
    return text.append(values.length > 6 ? ", …)" : ")").toString();
  }
}
