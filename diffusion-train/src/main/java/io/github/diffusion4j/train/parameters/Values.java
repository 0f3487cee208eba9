package io.github.diffusion4j.train.parameters;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * The values of a parameter, copied out of the engine.
 *
 * @param isDouble whether they are float64, else float32
 * @param shape the lengths of the axes
 * @param bytes the values in row-major order, little-endian, read-only
 */
public record Values(boolean isDouble, List<Integer> shape, ByteBuffer bytes) {

  /**
   * Checks that the number of bytes fits the shape.
   *
   * @throws IllegalArgumentException if it does not
   */
  public Values {
    shape = List.copyOf(shape);
    long expected =
        shape.stream().mapToLong(Integer::longValue).reduce(isDouble ? 8 : 4, (a, b) -> a * b);
    if (bytes.remaining() != expected) {
      throw new IllegalArgumentException(
          "shape " + shape + " takes " + expected + " bytes, got " + bytes.remaining());
    }
    bytes = bytes.slice().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Copies values out of memory that may go away.
   *
   * @param isDouble whether they are float64, else float32
   * @param shape the lengths of the axes
   * @param source the values in this machine's order
   * @return the copy
   */
  public static Values copyOf(boolean isDouble, List<Integer> shape, ByteBuffer source) {
    ByteBuffer copy = ByteBuffer.allocate(source.remaining());
    copy.put(source).flip();
    return new Values(isDouble, shape, copy);
  }

  @Override
  public ByteBuffer bytes() {
    return bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The values as float32, in a new array. */
  public float[] floats() {
    ByteBuffer source = bytes();
    float[] floats = new float[source.remaining() / (isDouble ? 8 : 4)];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = isDouble ? (float) source.getDouble() : source.getFloat();
    }
    return floats;
  }
}
