package io.github.diffusion4j.train.torch;

import static org.bytedeco.pytorch.global.torch.constant_pad_nd;
import static org.bytedeco.pytorch.global.torch.conv2d;
import static org.bytedeco.pytorch.global.torch.conv_transpose2d;

import io.github.diffusion4j.train.net.Conv;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Convolutions by LibTorch, each as the function of it that is right and fast. */
final class Convolution {

  private static final int LEAST_SIDE = 4;

  /** With fewer channels, {@link #toOneChannel} takes longer than oneDNN's convolution. */
  private static final int LEAST_CHANNELS = 64;

  private Convolution() {}

  /**
   * Convolves.
   *
   * @param layer what is computed
   * @param type the type to compute in, where the gradients in it are right
   * @param image {@code [B, in, H, W]}
   * @param kernels {@code [out, in, k, k]}, of transposed layers {@code [in, out, k, k]}
   * @param added the bias, {@code [out]}, if any
   * @return {@code [B, out, H', W']}
   */
  static Tensor of(
      Conv layer, ScalarType type, Tensor image, Tensor kernels, Optional<Tensor> added) {
    boolean isOfPixels = image.size(2) == 1 && image.size(3) == 1;
    boolean isProduct = layer.transposed() && layer.padding() == 0 && isOfPixels;
    ScalarType own = kernels.scalar_type().intern();
    ScalarType right = isProduct || isSafe(layer, image.size(2), image.size(3)) ? type : own;
    Tensor x = image.to(right);
    Tensor weight = kernels.to(right);
    Optional<Tensor> bias = added.map(b -> b.to(right));
    if (isProduct) {
      return grow(x, weight, bias, layer);
    }
    if (layer.equals(Conv.same(layer.in(), 1))
        && layer.in() >= LEAST_CHANNELS
        && right == own
        && x.is_cpu()) {
      return toOneChannel(x, weight, bias);
    }
    TensorOptional optional = bias.map(TensorOptional::new).orElseGet(TensorOptional::new);
    long[] stride = {layer.stride(), layer.stride()};
    long[] padding = {layer.padding(), layer.padding()};
    long[] one = {1, 1};
    return layer.transposed()
        ? conv_transpose2d(x, weight, optional, stride, padding, new long[] {0, 0}, 1, one)
        : conv2d(x, weight, optional, stride, padding, one, 1);
  }

  /**
   * Whether LibTorch 2.10 takes right gradients in bfloat16: those of strided and transposed layers
   * are wrong, or memory that nobody wrote, for some small images, and for some large kernels.
   */
  private static boolean isSafe(Conv layer, long height, long width) {
    boolean isPlain = layer.stride() == 1 && !layer.transposed();
    boolean isSmall = layer.stride() <= 2 && layer.kernel() <= LEAST_SIDE;
    return isPlain || (isSmall && Math.min(height, width) >= LEAST_SIDE);
  }

  /**
   * The transposed convolution of single pixels as the matrix product that it is, in channels-last
   * order throughout, which is faster.
   */
  private static Tensor grow(Tensor x, Tensor weight, Optional<Tensor> bias, Conv layer) {
    long side = layer.kernel();
    Tensor matrix = weight.permute(0, 2, 3, 1).reshape(layer.in(), side * side * layer.out());
    Tensor y =
        x.reshape(x.size(0), layer.in()).matmul(matrix).view(x.size(0), side, side, layer.out());
    return bias.map(y::add).orElse(y).permute(0, 3, 1, 2);
  }

  /**
   * A 3×3 convolution to one channel as products with each of the kernel's nine pixels, which are
   * shifted and added: oneDNN takes as long for one channel as for sixteen.
   */
  private static Tensor toOneChannel(Tensor x, Tensor weight, Optional<Tensor> bias) {
    long height = x.size(2);
    long width = x.size(3);
    Tensor pixels = weight.permute(2, 3, 0, 1).reshape(9, x.size(1), 1, 1);
    Tensor products = constant_pad_nd(conv2d(x, pixels), new long[] {1, 1, 1, 1});
    Tensor sum =
        IntStream.range(0, 9)
            .mapToObj(
                i -> products.narrow(1, i, 1).narrow(2, i / 3, height).narrow(3, i % 3, width))
            .reduce((a, b) -> a.add(b))
            .orElseThrow();
    return bias.map(sum::add).orElse(sum);
  }
}
