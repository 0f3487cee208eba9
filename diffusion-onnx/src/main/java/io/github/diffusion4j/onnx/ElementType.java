package io.github.diffusion4j.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.TensorInfo;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The element types that a model's inputs may have. */
enum ElementType {
  FLOAT32(4, OnnxJavaType.FLOAT),
  FLOAT16(2, OnnxJavaType.FLOAT16),
  FLOAT64(8, OnnxJavaType.DOUBLE),
  INT64(8, OnnxJavaType.INT64),
  INT32(4, OnnxJavaType.INT32);

  private final int bytes;
  private final OnnxJavaType javaType;

  ElementType(int bytes, OnnxJavaType javaType) {
    this.bytes = bytes;
    this.javaType = javaType;
  }

  static Optional<ElementType> of(TensorInfo info) {
    return Arrays.stream(values()).filter(type -> type.javaType == info.type).findFirst();
  }

  static ElementType named(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  /** The bytes of one element. */
  int bytes() {
    return bytes;
  }

  /** The greatest whole number of this type. */
  long greatest() {
    return this == INT32 ? Integer.MAX_VALUE : Long.MAX_VALUE;
  }

  boolean isInteger() {
    return this == INT64 || this == INT32;
  }

  boolean isImage() {
    return this == FLOAT32 || this == FLOAT16;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
