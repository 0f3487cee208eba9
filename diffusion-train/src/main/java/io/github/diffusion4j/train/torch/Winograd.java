package io.github.diffusion4j.train.torch;

import io.github.diffusion4j.train.net.Conv;
import io.github.diffusion4j.train.net.Network;
import io.github.diffusion4j.train.parameters.Outline;
import java.util.List;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Convolution by 3×3 kernels as minimal filtering of tiles, F(4×4, 3×3), in a quarter of the
 * multiplications (Winograd 1980; Lavin and Gray 2016): {@code Y = Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d B)]A} for
 * each 4×4 tile Y of the result, from the 6×6 values d that it depends on.
 *
 * <p>Over all channels, the element-wise product is 36 matrix products. In float32 its error is
 * five to ten times that of a convolution.
 */
@SuppressWarnings("try") // scopes work by being open
final class Winograd {

  static final String PROPERTY = "diffusion4j.train.minimalFiltering";

  /** With fewer, the transforms take longer than the multiplications that they save. */
  private static final int LEAST_CHANNELS = 128;

  /**
   * The least product of tiles and both numbers of channels for each thread: with less, it takes
   * longer that OpenMP's threads look for work beside those of the {@link Crew}, and the kernels'
   * transform.
   */
  private static final long LEAST_PRODUCTS = 1536L * 128 * 128;

  /** Bᵀ. */
  private static final double[] INPUT = {
    4, 0, -5, 0, 1, 0,
    0, -4, -4, 1, 1, 0,
    0, 4, -4, -1, 1, 0,
    0, -2, -1, 2, 1, 0,
    0, 2, -1, -2, 1, 0,
    0, 4, 0, -5, 0, 1
  };

  /** 24·G. */
  private static final double[] KERNEL = {
    6, 0, 0,
    -4, -4, -4,
    -4, 4, -4,
    1, 2, 4,
    1, -2, 4,
    0, 0, 24
  };

  /** Aᵀ. */
  private static final double[] OUTPUT = {
    1, 1, 1, 1, 1, 0,
    0, 1, -1, 2, -2, 0,
    0, 1, 1, 4, 4, 0,
    0, 1, -1, 8, -8, 1
  };

  private Winograd() {}

  /** Whether this may compute layers of a network faster than a convolution does, and shall. */
  static boolean suits(Network network) {
    return Boolean.parseBoolean(System.getProperty(PROPERTY, "true"))
        && Crew.isPossible()
        && Outline.layers(network).stream()
            .anyMatch(
                layer -> {
                  List<Integer> shape = layer.output();
                  return layer.convolution().stream()
                      .anyMatch(conv -> suits(conv, shape.get(1), shape.get(2)));
                });
  }

  /** Whether this computes a layer faster, in float32 on the processor. */
  static boolean suits(Conv layer, Tensor x) {
    long height = x.size(2);
    long width = x.size(3);
    long products = x.size(0) * Tiling.tiles(height, width) * layer.in() * layer.out();
    return suits(layer, height, width) && products >= LEAST_PRODUCTS * torch.get_num_threads();
  }

  private static boolean suits(Conv layer, long height, long width) {
    return layer.equals(Conv.same(layer.in(), layer.out()))
        && Math.min(layer.in(), layer.out()) >= LEAST_CHANNELS
        && Tiling.suits(height, width, Math.max(layer.in(), layer.out()));
  }

  private static Tensor matrix(double[] values, int columns) {
    TensorOptions doubles = new TensorOptions(ScalarType.Double);
    long[] shape = {values.length / columns, columns};
    return torch.from_blob(new DoublePointer(values), shape, doubles).to(ScalarType.Float);
  }

  /** {@code G ⊗ G}, which transforms the kernels of all pairs of channels, [36, 9]. */
  private static Tensor kernelTransform() {
    Tensor g = matrix(KERNEL, 3).div(new Scalar(24.0));
    return torch.kron(g, g);
  }

  private static Tensor channelsLast(Tensor x) {
    return x.contiguous(MemoryFormat.ChannelsLast).permute(0, 2, 3, 1);
  }

  /**
   * Convolves.
   *
   * @param x {@code [B, in, H, W]}
   * @param weight {@code [out, in, 3, 3]}
   * @return {@code [B, out, H, W]}, channels-last
   */
  static Tensor convolve(Tensor x, Tensor weight) {
    long out = weight.size(0);
    long in = weight.size(1);
    Tensor y = torch.empty(x.size(0), x.size(2), x.size(3), out);
    try (PointerScope room = new PointerScope()) {
      Tensor images = channelsLast(x);
      Tensor flat = weight.permute(2, 3, 1, 0).reshape(9, in * out);
      Tensor kernels = kernelTransform().mm(flat).view(36, in, out);
      Tensor input = matrix(INPUT, 6);
      Tensor output = matrix(OUTPUT, 6);
      new Tiling(images, out)
          .share(
              (desk, from, count) -> {
                Tensor tiles = desk.input(images.narrow(0, from, count), input);
                Tensor products = desk.room(1, 36, count, out);
                torch.bmm_out(products, tiles, kernels);
                Tensor result = desk.room(1, 16, count, out);
                desk.transform(output, products, 0, result);
                desk.cut(y.narrow(0, from, count)).copy_(desk.asCut(result, count));
              });
    }
    return y.permute(0, 3, 1, 2);
  }

  /**
   * The gradient of the images.
   *
   * @param gradient that of the result, {@code [B, out, H, W]}
   * @param weight {@code [out, in, 3, 3]}
   * @return {@code [B, in, H, W]}, channels-last
   */
  static Tensor gradientOfImages(Tensor gradient, Tensor weight) {
    return convolve(gradient, weight.flip(2, 3).transpose(0, 1));
  }

  /**
   * The gradient of the kernels: that of the products is {@code A dY Aᵀ}.
   *
   * @param gradient that of the result, {@code [B, out, H, W]}
   * @param x {@code [B, in, H, W]}
   * @return {@code [out, in, 3, 3]}
   */
  static Tensor gradientOfKernels(Tensor gradient, Tensor x) {
    long out = gradient.size(1);
    long in = x.size(1);
    Tensor sum = torch.zeros(36, in * out);
    try (PointerScope room = new PointerScope()) {
      Tensor images = channelsLast(x);
      Tensor gradients = channelsLast(gradient);
      Tensor input = matrix(INPUT, 6);
      Tensor output = matrix(OUTPUT, 6).t().contiguous();
      Tiling tiling = new Tiling(images, out);
      Tensor sums = torch.zeros(tiling.desks(), 36, in, out);
      tiling.share(
          (desk, from, count) -> {
            Tensor tiles = desk.input(images.narrow(0, from, count), input);
            Tensor given = desk.room(2, 16, count, out);
            desk.asCut(given, count).copy_(desk.cut(gradients.narrow(0, from, count)));
            Tensor products = desk.room(2, 36, count, out);
            desk.transform(output, given, 1, products);
            sums.select(0, desk.index()).baddbmm_(tiles.transpose(1, 2), products);
          });
      torch.sum_out(sum.view(36, in, out), sums, 0);
    }
    return kernelTransform().t().mm(sum).view(3, 3, in, out).permute(3, 2, 0, 1);
  }
}
