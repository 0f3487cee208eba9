package io.github.diffusion4j.train.torch;

import io.github.diffusion4j.train.parameters.Values;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Copies values out of LibTorch's memory and back. */
@SuppressWarnings("try") // scopes work by being open
final class Transfer {

  private Transfer() {}

  static Values copy(Tensor t) {
    try (PointerScope scope = new PointerScope();
        AutoGradMode off = new AutoGradMode(false)) {
      Tensor plain = t.cpu().contiguous();
      long bytes = plain.numel() * plain.element_size();
      ByteBuffer source = plain.data_ptr().capacity(bytes).asByteBuffer();
      boolean isDouble = plain.element_size() == Double.BYTES;
      return Values.copyOf(isDouble, sizes(plain), source);
    }
  }

  private static List<Integer> sizes(Tensor t) {
    return LongStream.range(0, t.dim()).mapToObj(i -> (int) t.size(i)).toList();
  }

  static void paste(Values values, Tensor t) {
    try (PointerScope scope = new PointerScope();
        AutoGradMode off = new AutoGradMode(false)) {
      long[] shape = values.shape().stream().mapToLong(Integer::longValue).toArray();
      ByteBuffer bytes = ByteBuffer.allocateDirect(values.bytes().remaining());
      bytes.put(values.bytes().duplicate()).flip();
      Tensor source =
          torch.from_blob(
              new BytePointer(bytes),
              shape,
              new TensorOptions(values.isDouble() ? ScalarType.Double : ScalarType.Float));
      t.copy_(source);
    }
  }
}
