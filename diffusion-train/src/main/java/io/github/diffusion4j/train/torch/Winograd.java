package io.github.diffusion4j.train.torch;

import io.github.diffusion4j.train.net.Conv;
import io.github.diffusion4j.train.net.Network;
import io.github.diffusion4j.train.parameters.Outline;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bytedeco.javacpp.DoublePointer;
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
 * about ten times that of a convolution.
 */
final class Winograd {

  /** Below these, the transforms take longer than the multiplications that they save. */
  private static final int LEAST_CHANNELS = 128;

  private static final int LEAST_TILES = 1024;

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

  /** Whether this may compute layers of a network faster than a convolution does. */
  static boolean suits(Network network) {
    Map<String, List<Integer>> shapes =
        Outline.of(network).stream()
            .collect(Collectors.toMap(Outline.Parameter::name, Outline.Parameter::shape));
    return Outline.layers(network).stream()
        .anyMatch(
            layer ->
                Stream.of(".weight", ".conv.weight")
                    .map(suffix -> shapes.getOrDefault(layer.name() + suffix, List.of()))
                    .anyMatch(kernels -> kernels.size() == 4 && suits(kernels, layer.output())));
  }

  /** Whether this computes a layer, and faster, in float32 on the processor. */
  static boolean suits(Conv layer, Tensor x) {
    List<Integer> kernels = List.of(layer.out(), layer.in(), layer.kernel(), layer.kernel());
    List<Integer> image = List.of(layer.out(), (int) x.size(2), (int) x.size(3));
    return layer.equals(Conv.same(layer.in(), layer.out()))
        && suits(kernels, image)
        && x.size(0) * Tiling.tiles(image.get(1), image.get(2)) >= LEAST_TILES;
  }

  /** Whether kernels {@code [out, in, k, k]} and images {@code [out, H, W]} have its sizes. */
  private static boolean suits(List<Integer> kernels, List<Integer> image) {
    int most = Math.max(kernels.get(0), kernels.get(1));
    int least = Math.min(kernels.get(0), kernels.get(1));
    return kernels.get(2) == 3
        && least >= LEAST_CHANNELS
        && Tiling.suits(image.get(1), image.get(2), most);
  }

  private static Tensor matrix(double[] values, int columns) {
    TensorOptions doubles = new TensorOptions(ScalarType.Double);
    long[] shape = {values.length / columns, columns};
    return torch.from_blob(new DoublePointer(values), shape, doubles).to(ScalarType.Float);
  }

  /** {@code G ⊗ G}, which transforms the kernels of all pairs of channels, [36, 9]. */
  private static Tensor kernels() {
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
    Tensor images = channelsLast(x);
    long out = weight.size(0);
    long in = weight.size(1);
    Tensor input = matrix(INPUT, 6);
    Tensor output = matrix(OUTPUT, 6);
    Tensor kernels =
        kernels().mm(weight.permute(2, 3, 1, 0).reshape(9, in * out)).view(36, in, out);
    Tensor y = torch.empty(x.size(0), x.size(2), x.size(3), out);
    new Tiling(images, out)
        .share(
            (desk, from, count) -> {
              Tensor seen = desk.see(images.narrow(0, from, count), input);
              Tensor products = desk.room(1, 36, count, out);
              torch.bmm_out(products, seen, kernels);
              Tensor result = desk.room(1, 16, count, out);
              desk.transform(output, products, 0, result);
              desk.inTiles(y.narrow(0, from, count)).copy_(desk.byTile(result, count));
            });
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
    Tensor images = channelsLast(x);
    Tensor gradients = channelsLast(gradient);
    long out = gradient.size(1);
    long in = x.size(1);
    Tensor input = matrix(INPUT, 6);
    Tensor output = matrix(OUTPUT, 6).t().contiguous();
    Tiling tiling = new Tiling(images, out);
    Tensor sums = torch.zeros(tiling.desks(), 36, in, out);
    tiling.share(
        (desk, from, count) -> {
          Tensor seen = desk.see(images.narrow(0, from, count), input);
          Tensor given = desk.room(2, 16, count, out);
          desk.byTile(given, count).copy_(desk.inTiles(gradients.narrow(0, from, count)));
          Tensor products = desk.room(2, 36, count, out);
          desk.transform(output, given, 1, products);
          sums.select(0, desk.number()).baddbmm_(seen.transpose(1, 2), products);
        });
    Tensor sum = sums.sum(0).view(36, in * out);
    return kernels().t().mm(sum).view(3, 3, in, out).permute(3, 2, 0, 1);
  }
}
