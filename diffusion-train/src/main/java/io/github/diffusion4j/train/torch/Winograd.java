package io.github.diffusion4j.train.torch;

import io.github.diffusion4j.train.net.Conv;
import io.github.diffusion4j.train.net.Network;
import io.github.diffusion4j.train.parameters.Outline;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Convolution by 3×3 kernels as minimal filtering of tiles, F(4×4, 3×3), in a quarter of the
 * multiplications (Winograd 1980; Lavin and Gray 2016): {@code Y = Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d B)]A} for
 * each 4×4 tile Y of the result, from the 6×6 values d that it is computed from.
 *
 * <p>A few images at a time, so that they stay in a core's cache. Tiles are {@code [6·6, tiles,
 * channels]}: the products of all channels are then 36 matrix products.
 */
@SuppressWarnings("try") // scopes work by being open
final class Winograd {

  private static final long TILE = 4;
  private static final int SEEN = 6;
  private static final long PLACES = SEEN * SEEN;

  /** Below, the transforms take longer than the multiplications that they save. */
  private static final int LEAST_CHANNELS = 128;

  private static final int LEAST_TILES = 1024;

  /** The values of the tiles at once: 4 MiB, measured on cores with caches of 2 MiB. */
  private static final int MOST_VALUES = 1 << 20;

  private static final double[] INPUT = {
    4, 0, -5, 0, 1, 0,
    0, -4, -4, 1, 1, 0,
    0, 4, -4, -1, 1, 0,
    0, -2, -1, 2, 1, 0,
    0, 2, -1, -2, 1, 0,
    0, 4, 0, -5, 0, 1
  };

  private static final double[] KERNEL = {
    1 / 4.0, 0, 0, -1 / 6.0, -1 / 6.0, -1 / 6.0, -1 / 6.0, 1 / 6.0, -1 / 6.0, 1 / 24.0, 1 / 12.0,
    1 / 6.0, 1 / 24.0, -1 / 12.0, 1 / 6.0, 0, 0, 1
  };

  private static final double[] OUTPUT = {
    1, 1, 1, 1, 1, 0,
    0, 1, -1, 2, -2, 0,
    0, 1, 1, 4, 4, 0,
    0, 1, -1, 8, -8, 1
  };

  private final long height;
  private final long width;
  private final long in;
  private final long out;
  private final long tiles;
  private final int atOnce;
  private final Tensor input;
  private final Tensor kernel;
  private final Tensor output;

  /** Of images {@code [B, in, height, width]}. */
  private Winograd(Tensor x, long out) {
    this.height = x.size(2);
    this.width = x.size(3);
    this.in = x.size(1);
    this.out = out;
    this.tiles = height * width / (TILE * TILE);
    this.atOnce = (int) Math.max(1, MOST_VALUES / (PLACES * tiles * Math.max(in, out)));
    this.input = matrix(INPUT, SEEN);
    this.kernel = matrix(KERNEL, 3);
    this.output = matrix(OUTPUT, SEEN);
  }

  private static Tensor matrix(double[] values, int columns) {
    TensorOptions doubles = new TensorOptions(ScalarType.Double);
    long[] shape = {values.length / columns, columns};
    return torch.from_blob(new DoublePointer(values), shape, doubles).to(ScalarType.Float);
  }

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

  /** Whether kernels {@code [out, in, k, k]} are of this size, and images {@code [out, H, W]}. */
  private static boolean suits(List<Integer> kernels, List<Integer> images) {
    return kernels.get(2) == 3
        && Math.min(kernels.get(0), kernels.get(1)) >= LEAST_CHANNELS
        && images.get(1) % TILE == 0
        && images.get(2) % TILE == 0;
  }

  /** Whether this computes a layer, and faster, in float32 on the processor. */
  static boolean suits(Conv layer, Tensor x) {
    List<Integer> kernels = List.of(layer.out(), layer.in(), layer.kernel(), layer.kernel());
    List<Integer> images = List.of(layer.out(), (int) x.size(2), (int) x.size(3));
    return layer.equals(Conv.same(layer.in(), layer.out()))
        && suits(kernels, images)
        && x.size(0) * x.size(2) * x.size(3) >= LEAST_TILES * TILE * TILE;
  }

  /**
   * Convolves.
   *
   * @param x {@code [B, in, H, W]}
   * @param weight {@code [out, in, 3, 3]}
   * @return {@code [B, out, H, W]}, channels-last
   */
  static Tensor convolve(Tensor x, Tensor weight) {
    return new Winograd(x, weight.size(0)).forward(x, weight);
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
   * The gradient of the kernels.
   *
   * @param gradient that of the result, {@code [B, out, H, W]}
   * @param x {@code [B, in, H, W]}
   * @return {@code [out, in, 3, 3]}
   */
  static Tensor gradientOfKernels(Tensor gradient, Tensor x) {
    return new Winograd(x, gradient.size(1)).backward(gradient, x);
  }

  private Tensor forward(Tensor x, Tensor weight) {
    Tensor images = channelsLast(x);
    Tensor kernels =
        kernel2d().mm(weight.permute(2, 3, 1, 0).reshape(9, in * out)).view(PLACES, in, out);
    Tensor y = torch.empty(x.size(0), height, width, out);
    share(
        desks(x),
        (desk, from, count) -> {
          Tensor seen = desk.see(images.narrow(0, from, count));
          Tensor products = desk.tiles(1, PLACES, count, out);
          torch.bmm_out(products, seen, kernels);
          Tensor result = desk.tiles(1, TILE * TILE, count, out);
          desk.transform(output, products, 0, result);
          inTiles(y.narrow(0, from, count)).copy_(byTile(result, count));
        });
    return y.permute(0, 3, 1, 2);
  }

  private Tensor backward(Tensor gradient, Tensor x) {
    Tensor images = channelsLast(x);
    Tensor gradients = channelsLast(gradient);
    Tensor transposed = output.t().contiguous();
    List<Desk> desks = desks(x);
    Tensor sums = torch.zeros(desks.size(), PLACES, in, out);
    share(
        desks,
        (desk, from, count) -> {
          Tensor seen = desk.see(images.narrow(0, from, count));
          Tensor given = desk.tiles(2, TILE * TILE, count, out);
          byTile(given, count).copy_(inTiles(gradients.narrow(0, from, count)));
          Tensor products = desk.tiles(2, PLACES, count, out);
          desk.transform(transposed, given, 1, products);
          sums.select(0, desk.number).baddbmm_(seen.transpose(1, 2), products);
        });
    Tensor sum = sums.sum(0).view(PLACES, in * out);
    return kernel2d().t().mm(sum).view(3, 3, in, out).permute(3, 2, 0, 1);
  }

  private static Tensor channelsLast(Tensor x) {
    return x.contiguous(torch.MemoryFormat.ChannelsLast).permute(0, 2, 3, 1);
  }

  /** {@code G ⊗ G}, which transforms the kernels of all pairs of channels, [36, 9]. */
  private Tensor kernel2d() {
    return torch.kron(kernel, kernel);
  }

  /** Images {@code [n, H, W, C]} by tile and place in it. */
  private Tensor inTiles(Tensor images) {
    return images.view(images.size(0), height / TILE, TILE, width / TILE, TILE, images.size(3));
  }

  /** Tiles {@code [4·4, tiles, C]} in the order of {@link #inTiles}. */
  private Tensor byTile(Tensor t, long count) {
    return t.view(TILE, TILE, count, height / TILE, width / TILE, t.size(2))
        .permute(2, 3, 0, 4, 1, 5);
  }

  private List<Desk> desks(Tensor x) {
    int images = (int) x.size(0);
    int count = Math.min(torch.get_num_threads(), (images + atOnce - 1) / atOnce);
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                new Desk(
                    i,
                    GroupSettings.from(i, count, images),
                    GroupSettings.from(i + 1, count, images)))
        .toList();
  }

  private static void share(List<Desk> desks, Work work) {
    Crew.run(desks.size(), i -> desks.get(i).run(work));
  }

  /** Does something with some images. */
  private interface Work {
    void on(Desk desk, int from, int count);
  }

  /** Some images of a batch, and the room that they are worked on in. */
  private final class Desk {

    final int number;
    private final int from;
    private final int to;
    private final Tensor padded = torch.zeros(atOnce, height + 2, width + 2, in);
    private final Tensor room = torch.empty(3, PLACES * atOnce * tiles * Math.max(in, out));

    Desk(int number, int from, int to) {
      this.number = number;
      this.from = from;
      this.to = to;
    }

    void run(Work work) {
      for (int first = from; first < to; first += atOnce) {
        try (PointerScope scope = new PointerScope();
            AutoGradMode off = new AutoGradMode(false)) {
          work.on(this, first, Math.min(atOnce, to - first));
        }
      }
    }

    /** Room for tiles of some images, [places, tiles, channels]. */
    Tensor tiles(int part, long places, int images, long channels) {
      long values = places * images * tiles * channels;
      return room.select(0, part).narrow(0, 0, values).view(places, images * tiles, channels);
    }

    /** {@code Bᵀ d B} of what all tiles of some images are computed from, in the first room. */
    Tensor see(Tensor images) {
      int count = (int) images.size(0);
      padded.narrow(0, 0, count).narrow(1, 1, height).narrow(2, 1, width).copy_(images);
      long row = (width + 2) * in;
      long image = (height + 2) * row;
      long[] shape = {SEEN, SEEN, count, height / TILE, width / TILE, in};
      long[] strides = {row, in, image, TILE * row, TILE * in, 1};
      Tensor seen = tiles(0, PLACES, count, in);
      seen.view(shape).copy_(padded.as_strided(shape, strides));
      transform(input, seen, 1, seen);
      return seen;
    }

    /**
     * {@code m t mᵀ} of all tiles.
     *
     * @param part the room for {@code m t}
     * @param result may be where the tiles are
     */
    void transform(Tensor m, Tensor t, int part, Tensor result) {
      long rows = m.size(0);
      long columns = m.size(1);
      long each = t.numel() / (columns * columns);
      Tensor half =
          room.select(0, part).narrow(0, 0, rows * columns * each).view(rows, columns, each);
      torch.bmm_out(
          half.transpose(0, 1),
          m.expand(columns, rows, columns),
          t.view(columns, columns, each).transpose(0, 1));
      torch.bmm_out(result.view(rows, rows, each), m.expand(rows, rows, columns), half);
    }
  }
}
