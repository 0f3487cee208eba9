package io.github.diffusion4j.train.torch;

import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Images cut into tiles of 4×4 pixels, a few images at a time, so that what is made of them stays
 * in a core's cache. Each thread has a desk of its own.
 *
 * <p>Tiles are {@code [places, tiles, channels]}, where the places are those in a tile, row by row.
 */
@SuppressWarnings("try") // scopes work by being open
final class Tiling {

  private static final int TILE = 4;

  /** The side of what a tile's convolution depends on. */
  private static final int SEEN = 6;

  /** 4 MiB of tiles at once, measured on cores with caches of 2 MiB. */
  private static final long MOST_VALUES = 1 << 20;

  private final long height;
  private final long width;
  private final long channels;
  private final int atOnce;
  private final List<Desk> desks;

  /**
   * With desks for as many threads as LibTorch has here.
   *
   * @param images {@code [B, H, W, C]}, of sides that {@link #suits}
   * @param channels the number of channels that is made of C
   */
  Tiling(Tensor images, long channels) {
    this.height = images.size(1);
    this.width = images.size(2);
    this.channels = images.size(3);
    long most = Math.max(this.channels, channels);
    this.atOnce = (int) Math.max(1, MOST_VALUES / values(height, width, most));
    int all = (int) images.size(0);
    int count = Math.min(torch.get_num_threads(), (all + atOnce - 1) / atOnce);
    this.desks =
        IntStream.range(0, count)
            .mapToObj(
                i ->
                    new Desk(
                        i,
                        GroupSettings.from(i, count, all),
                        GroupSettings.from(i + 1, count, all),
                        most))
            .toList();
  }

  /** The number of tiles of an image. */
  static long tiles(long height, long width) {
    return height * width / (TILE * TILE);
  }

  private static long values(long height, long width, long channels) {
    return SEEN * SEEN * tiles(height, width) * channels;
  }

  /** Whether an image is made of whole tiles, and not too large. */
  static boolean suits(long height, long width, long channels) {
    return height % TILE == 0
        && width % TILE == 0
        && values(height, width, channels) <= 2 * MOST_VALUES;
  }

  int desks() {
    return desks.size();
  }

  /** Does something with all images. */
  void share(Work work) {
    Crew.run(desks.size(), i -> desks.get(i).run(work));
  }

  /** Does something with some images. */
  interface Work {

    /** With {@code count} images, beginning with number {@code from}. */
    void on(Desk desk, int from, int count);
  }

  /** Some images of a batch, and three rooms that they are worked on in. */
  final class Desk {

    private final int number;
    private final int from;
    private final int to;
    private final Tensor padded;
    private final Tensor rooms;

    private Desk(int number, int from, int to, long channels) {
      this.number = number;
      this.from = from;
      this.to = to;
      this.padded = torch.zeros(atOnce, height + 2, width + 2, Tiling.this.channels);
      this.rooms = torch.empty(3, atOnce * values(height, width, channels));
    }

    int number() {
      return number;
    }

    private void run(Work work) {
      for (int first = from; first < to; first += atOnce) {
        try (PointerScope scope = new PointerScope();
            AutoGradMode off = new AutoGradMode(false)) {
          work.on(this, first, Math.min(atOnce, to - first));
        }
      }
    }

    /** Room for tiles of some images. */
    Tensor room(int number, long places, long images, long channels) {
      long tiles = images * tiles(height, width);
      return rooms
          .select(0, number)
          .narrow(0, 0, places * tiles * channels)
          .view(places, tiles, channels);
    }

    /**
     * {@code m d mᵀ} of the 6×6 pixels d that the tiles of images depend on, in room 0, by room 1.
     */
    Tensor see(Tensor images, Tensor m) {
      long count = images.size(0);
      padded.narrow(0, 0, count).narrow(1, 1, height).narrow(2, 1, width).copy_(images);
      long row = (width + 2) * channels;
      long image = (height + 2) * row;
      long[] shape = {SEEN, SEEN, count, height / TILE, width / TILE, channels};
      long[] strides = {row, channels, image, TILE * row, TILE * channels, 1};
      Tensor seen = room(0, SEEN * SEEN, count, channels);
      seen.view(shape).copy_(padded.as_strided(shape, strides));
      transform(m, seen, 1, seen);
      return seen;
    }

    /**
     * {@code m t mᵀ} of each tile t.
     *
     * @param number the room for {@code m t}
     * @param result may be where the tiles are
     */
    void transform(Tensor m, Tensor tiles, int number, Tensor result) {
      long rows = m.size(0);
      long columns = m.size(1);
      long each = tiles.size(1) * tiles.size(2);
      Tensor products =
          rooms.select(0, number).narrow(0, 0, rows * columns * each).view(rows, columns, each);
      torch.bmm_out(
          products.transpose(0, 1),
          m.expand(columns, rows, columns),
          tiles.view(columns, columns, each).transpose(0, 1));
      torch.bmm_out(result.view(rows, rows, each), m.expand(rows, rows, columns), products);
    }

    /** Images {@code [n, H, W, C]} by tile and place in it. */
    Tensor inTiles(Tensor images) {
      return images.view(images.size(0), height / TILE, TILE, width / TILE, TILE, images.size(3));
    }

    /** Tiles of so many images in the order of {@link #inTiles}. */
    Tensor byTile(Tensor tiles, long images) {
      return tiles
          .view(TILE, TILE, images, height / TILE, width / TILE, tiles.size(2))
          .permute(2, 3, 0, 4, 1, 5);
    }
  }
}
