package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Tensors made of several. */
public final class Tensors {

  /** So many sums stay in the processor's first cache, and a loop over them is a simple one. */
  private static final int BLOCK = 1024;

  private Tensors() {}

  /**
   * Joins batches along the first axis.
   *
   * @param parts at least one, with equal shapes but for the first axis
   * @return the joined batch; a single part is returned as it is
   * @throws IllegalArgumentException if there is no part or the shapes do not match
   */
  public static Tensor concat(List<Tensor> parts) {
    Checks.require(!parts.isEmpty(), () -> "concat needs at least one tensor, got none");
    if (parts.size() == 1) {
      return parts.get(0);
    }
    Shape first = parts.get(0).shape();
    int batch = 0;
    for (Tensor part : parts) {
      Checks.require(
          part.shape().withBatch(first.batch()).equals(first),
          () -> "shapes must be equal but for the batch, got " + first + " and " + part.shape());
      batch = Math.addExact(batch, part.shape().batch());
    }
    Shape shape = first.withBatch(batch);
    float[] values = new float[shape.elements()];
    int offset = 0;
    for (Tensor part : parts) {
      System.arraycopy(part.values(), 0, values, offset, part.values().length);
      offset += part.values().length;
    }
    return Tensor.wrap(shape, values);
  }

  /**
   * Joins images channel by channel.
   *
   * @param parts at least one, with equal shapes but for the second axis
   * @return {@code [batch, sum of the channels, …]}; a single part is returned as it is
   * @throws IllegalArgumentException if there is no part, one has less than two axes, or the shapes
   *     do not match
   */
  public static Tensor concatChannels(List<Tensor> parts) {
    Checks.require(!parts.isEmpty(), () -> "concat needs at least one tensor, got none");
    if (parts.size() == 1) {
      return parts.get(0);
    }
    int[] sizes = parts.get(0).shape().toArray();
    int channels = 0;
    for (Tensor part : parts) {
      int[] found = part.shape().toArray();
      Checks.require(found.length > 1, () -> "channels need two axes, got " + part.shape());
      channels = Math.addExact(channels, found[1]);
      found[1] = sizes[1];
      Checks.require(
          Arrays.equals(found, sizes),
          () -> "shapes must be equal but for the channels, got " + part.shape());
    }
    sizes[1] = channels;
    Shape shape = Shape.of(sizes);
    float[] values = new float[shape.elements()];
    int offset = 0;
    for (int image = 0; image < shape.batch(); image++) {
      for (Tensor part : parts) {
        int each = part.shape().elementsPerImage();
        System.arraycopy(part.values(), image * each, values, offset, each);
        offset += each;
      }
    }
    return Tensor.wrap(shape, values);
  }

  /**
   * The sum of two tensors, each times a factor: {@code a·x + b·y}, computed in double precision
   * and rounded once.
   *
   * @param a the factor of x
   * @param x a tensor
   * @param b the factor of y
   * @param y a tensor of the same shape
   * @return {@code a·x + b·y}
   * @throws IllegalArgumentException if the shapes differ
   */
  public static Tensor mix(double a, Tensor x, double b, Tensor y) {
    x.shape().checkEqual(y.shape());
    // Local: HotSpot may read a field again at every turn, which takes longer than the sum.
    float[] left = x.values();
    float[] right = y.values();
    float[] values = new float[left.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (a * left[i] + b * right[i]);
    }
    return Tensor.wrap(x.shape(), values);
  }

  /**
   * The weighted sum of several tensors, computed in double precision and rounded once.
   *
   * @param weights a factor for each tensor
   * @param tensors at least one, of equal shapes
   * @return the sum
   * @throws IllegalArgumentException if the numbers of weights and tensors or the shapes differ
   */
  public static Tensor weightedSum(double[] weights, List<Tensor> tensors) {
    Checks.require(
        weights.length == tensors.size() && !tensors.isEmpty(),
        () -> "one weight for each tensor, got " + weights.length + " for " + tensors.size());
    Tensor first = tensors.get(0);
    if (weights.length == 2) {
      return mix(weights[0], first, weights[1], tensors.get(1));
    }
    tensors.forEach(tensor -> first.shape().checkEqual(tensor.shape()));
    float[] values = new float[first.values().length];
    double[] sums = new double[Math.min(BLOCK, values.length)];
    for (int from = 0; from < values.length; from += BLOCK) {
      int count = Math.min(BLOCK, values.length - from);
      Arrays.fill(sums, 0, count, 0);
      for (int k = 0; k < weights.length - 1; k++) {
        add(sums, weights[k], tensors.get(k).values(), from, count);
      }
      int last = weights.length - 1;
      round(sums, weights[last], tensors.get(last).values(), values, from, count);
    }
    return Tensor.wrap(first.shape(), values);
  }

  private static void add(double[] sums, double weight, float[] part, int from, int count) {
    for (int i = 0; i < count; i++) {
      sums[i] += weight * part[from + i];
    }
  }

  /** Adds the last part and rounds. */
  private static void round(
      double[] sums, double weight, float[] part, float[] values, int from, int count) {
    for (int i = 0; i < count; i++) {
      values[from + i] = (float) (sums[i] + weight * part[from + i]);
    }
  }

  /**
   * One image for a whole batch.
   *
   * @param images a tensor whose first axis is 1, or what is wanted already
   * @param batch the number of images, at least 1
   * @return {@code [batch, …]}; what has another batch than 1 is returned as it is
   */
  public static Tensor repeat(Tensor images, int batch) {
    return images.shape().batch() == 1 && batch > 1
        ? concat(Collections.nCopies(batch, images))
        : images;
  }

  /**
   * Chooses between two tensors, or mixes them: {@code m·first + (1 − m)·second}.
   *
   * @param mask m, of the images' shape, where batch and channels may be 1 to serve all; 1 takes
   *     the inside, 0 the outside, each bit for bit
   * @param first the inside {@code [1 or batch, channels, height, width]}
   * @param second the outside, of the same shape but for the batch
   * @return the mixture
   * @throws IllegalArgumentException if the shapes do not go together
   */
  public static Tensor blend(Tensor mask, Tensor first, Tensor second) {
    int batch = Math.max(first.shape().batch(), second.shape().batch());
    Tensor inside = repeat(first, batch);
    Tensor outside = repeat(second, batch);
    inside.shape().checkEqual(outside.shape());
    Shape shape = inside.shape();
    Checks.require(
        shape.rank() == 4
            && mask.shape().rank() == 4
            && (mask.shape().size(0) == 1 || mask.shape().size(0) == shape.size(0))
            && (mask.shape().size(1) == 1 || mask.shape().size(1) == shape.size(1))
            && mask.shape().size(2) == shape.size(2)
            && mask.shape().size(3) == shape.size(3),
        () ->
            "mask must be of the images' shape " + shape + " or one for all, got " + mask.shape());
    float[] shares = mask.values();
    float[] within = inside.values();
    float[] beyond = outside.values();
    float[] values = new float[shape.elements()];
    int channels = shape.size(1);
    int area = shape.size(2) * shape.size(3);
    for (int plane = 0; plane < shape.batch() * channels; plane++) {
      int image = mask.shape().size(0) == 1 ? 0 : plane / channels;
      int channel = mask.shape().size(1) == 1 ? 0 : plane % channels;
      int from = (image * mask.shape().size(1) + channel) * area;
      for (int i = 0; i < area; i++) {
        int at = plane * area + i;
        values[at] = mixed(shares[from + i], within[at], beyond[at]);
      }
    }
    return Tensor.wrap(shape, values);
  }

  private static float mixed(float m, float inside, float outside) {
    if (m == 1) {
      return inside;
    }
    return m == 0 ? outside : (float) (m * (double) inside + (1.0 - m) * outside);
  }
}
