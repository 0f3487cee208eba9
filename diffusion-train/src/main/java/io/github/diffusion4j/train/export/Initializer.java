package io.github.diffusion4j.train.export;

import java.util.List;
import java.util.function.Supplier;

/**
 * A constant float tensor of the graph.
 *
 * @param name its name
 * @param sizes its shape
 * @param values gives its values, in row-major order, when it is written
 */
record Initializer(String name, List<Long> sizes, Supplier<float[]> values) {

  static long elements(List<Long> sizes) {
    return sizes.stream().reduce(1L, Math::multiplyExact);
  }

  long byteCount() {
    return Float.BYTES * elements(sizes);
  }
}
