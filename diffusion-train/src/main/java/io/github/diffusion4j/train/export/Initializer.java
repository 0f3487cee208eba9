package io.github.diffusion4j.train.export;

import java.util.List;
import java.util.function.Supplier;

/** A constant float tensor of the graph, whose values are asked for once, when it is written. */
final class Initializer {

  private final String name;
  private final List<Long> sizes;
  private final Supplier<float[]> values;

  Initializer(String name, List<Long> sizes, Supplier<float[]> values) {
    this.name = name;
    this.sizes = List.copyOf(sizes);
    this.values = values;
  }

  String name() {
    return name;
  }

  List<Long> sizes() {
    return sizes;
  }

  long byteCount() {
    return Float.BYTES * sizes.stream().reduce(1L, Math::multiplyExact);
  }

  float[] values() {
    float[] array = values.get();
    if ((long) array.length * Float.BYTES != byteCount()) {
      throw new IllegalArgumentException(
          "parameter "
              + name
              + " of shape "
              + sizes
              + " must have "
              + byteCount() / Float.BYTES
              + " values, got "
              + array.length);
    }
    return array;
  }
}
