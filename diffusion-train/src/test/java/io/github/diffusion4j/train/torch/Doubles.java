package io.github.diffusion4j.train.torch;

import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Tensors in float64, and their values. */
final class Doubles {

  private Doubles() {}

  static Tensor tensor(double[] values, long... shape) {
    return torch
        .from_blob(new DoublePointer(values), shape, new TensorOptions(ScalarType.Double))
        .clone();
  }

  /** A tensor of a function of each value's place. */
  static Tensor tensor(IntToDoubleFunction value, long... shape) {
    int count = (int) LongStream.of(shape).reduce(1, (a, b) -> a * b);
    return tensor(IntStream.range(0, count).mapToDouble(value).toArray(), shape);
  }

  static double[] values(Tensor t) {
    double[] values = new double[(int) t.numel()];
    new DoublePointer(t.contiguous().data_ptr_double()).get(values);
    return values;
  }
}
