package io.github.diffusion4j.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.platform.Fp16Conversions;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * Memory that ONNX Runtime reads and writes in place, used again for every step.
 *
 * <p>The buffer is direct and of native byte order, without which ONNX Runtime copies or misreads.
 * Other types than float32 are converted through a second buffer.
 */
final class NativeTensor implements AutoCloseable {

  private final ElementType type;
  private final int elements;
  private final ByteBuffer memory;
  private final FloatBuffer floats;
  private final OnnxTensor tensor;

  NativeTensor(OrtEnvironment environment, ElementType type, long... sizes) throws OrtException {
    int count = 1;
    for (long size : sizes) {
      count = Math.multiplyExact(count, Math.toIntExact(size));
    }
    this.type = type;
    this.elements = count;
    this.memory =
        ByteBuffer.allocateDirect(Math.multiplyExact(count, type.bytes()))
            .order(ByteOrder.nativeOrder());
    this.floats =
        type == ElementType.FLOAT32 ? memory.asFloatBuffer() : FloatBuffer.allocate(elements);
    this.tensor = create(environment, sizes);
  }

  private OnnxTensor create(OrtEnvironment environment, long... sizes) throws OrtException {
    return switch (type) {
      case FLOAT32 -> OnnxTensor.createTensor(environment, floats, sizes);
      case FLOAT64 -> OnnxTensor.createTensor(environment, memory.asDoubleBuffer(), sizes);
      case INT64 -> OnnxTensor.createTensor(environment, memory.asLongBuffer(), sizes);
      case INT32 -> OnnxTensor.createTensor(environment, memory.asIntBuffer(), sizes);
      case FLOAT16 ->
          OnnxTensor.createTensor(environment, memory.asShortBuffer(), sizes, OnnxJavaType.FLOAT16);
    };
  }

  OnnxTensor tensor() {
    return tensor;
  }

  /** Fills all of the memory. Whole numbers are rounded to where the model takes integers. */
  void put(Tensor values) {
    floats.clear();
    values.copyTo(floats);
    if (type != ElementType.FLOAT32) {
      for (int i = 0; i < elements; i++) {
        put(i, floats.get(i));
      }
    }
  }

  /** Sets one element. */
  void put(int index, double value) {
    switch (type) {
      case FLOAT32 -> memory.putFloat(4 * index, (float) value);
      case FLOAT64 -> memory.putDouble(8 * index, value);
      case INT64 -> memory.putLong(8 * index, Math.round(value));
      case INT32 -> memory.putInt(4 * index, Math.toIntExact(Math.round(value)));
      case FLOAT16 -> memory.putShort(2 * index, Fp16Conversions.floatToFp16((float) value));
    }
  }

  /** Copies all of the memory. */
  Tensor toTensor(Shape shape) {
    if (type == ElementType.FLOAT16) {
      for (int i = 0; i < elements; i++) {
        floats.put(i, Fp16Conversions.fp16ToFloat(memory.getShort(2 * i)));
      }
    }
    floats.clear();
    return Tensor.of(shape, floats);
  }

  @Override
  public void close() {
    tensor.close();
  }
}
