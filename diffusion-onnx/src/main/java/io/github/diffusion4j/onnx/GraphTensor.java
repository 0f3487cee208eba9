package io.github.diffusion4j.onnx;

import java.util.ArrayList;
import java.util.List;

/**
 * An input or output as a model's graph declares it.
 *
 * @param name its name
 * @param type the type of its elements, such as {@code float32} or {@code int64}
 * @param sizes the length of each axis, {@link #ANY} where the graph leaves it open; empty for a
 *     single number
 */
public record GraphTensor(String name, String type, List<Integer> sizes) {

  /** The length of an axis that may be of any length. */
  public static final int ANY = -1;

  /** Copies the list. */
  public GraphTensor {
    sizes = List.copyOf(sizes);
  }

  /** The number of axes. */
  public int rank() {
    return sizes.size();
  }

  /** Whether a tensor with these axes is of the declared shape, the first axis aside. */
  boolean takesImagesOf(int... shape) {
    if (shape.length != sizes.size()) {
      return false;
    }
    for (int axis = 1; axis < shape.length; axis++) {
      if (sizes.get(axis) != ANY && sizes.get(axis) != shape[axis]) {
        return false;
      }
    }
    return true;
  }

  /** The name, the type and the axes, open ones as {@code ?}. */
  @Override
  public String toString() {
    List<String> axes = new ArrayList<>();
    sizes.forEach(size -> axes.add(size == ANY ? "?" : size.toString()));
    return name + " " + type + axes;
  }
}
