package io.github.diffusion4j.train.torch;

import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Images cut into tiles of 4×4 pixels, a few images at a time, so that what is made of them stays
 * in caches. Each thread has a desk of its own.
 *
 * <p>Tiles are {@code [places, tiles, channels]}, where the places are those in a tile, row by row.
 */
@SuppressWarnings("try") // scopes work by being open
final class Tiling {

  private static final int TILE = 4;

  /** The side of what a tile's convolution depends on. */
  private static final int SEEN = 6;

  /** 4 MiB of tiles at once: on cores with 2 MiB of cache faster than 1, 2 or 8. */
  private static final long MOST_VALUES = 1 << 20;

  /** Values between the places of tiles, lest all of a tile's fall on one line of a cache. */
  private static final long APART = 16;

  private final long height;
  private final long width;
  private final long channels;
  private final int atOnce;
  private final List<Desk> desks;

  /**
   * With desks for as many threads as LibTorch has here.
   *
   * @param images {@code [B, H, W, C]}, of sides that {@link #suits}
   * @param made the number of channels that is made of C
   */
  Tiling(Tensor images, long made) {
    this.height = images.size(1);
    this.width = images.size(2);
    this.channels = images.size(3);
    long most = Math.max(channels, made);
    int all = (int) images.size(0);
    int count = Math.min(torch.get_num_threads(), all);
    long fitting = Math.max(1, MOST_VALUES / values(height, width, most));
    this.atOnce = (int) Math.min(fitting, (all + count - 1) / count);
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

  /** Some images of a batch, and three rooms, from 0, that their tiles are worked on in. */
  final class Desk {

    private final int index;
    private final int from;
    private final int to;
    private final Tensor padded;
    private final Tensor rooms;

    private Desk(int index, int from, int to, long channels) {
      this.index = index;
      this.from = from;
      this.to = to;
      this.padded = torch.zeros(atOnce, height + 2, width + 2, Tiling.this.channels);
      this.rooms = torch.empty(3, atOnce * values(height, width, channels) + SEEN * SEEN * APART);
    }

    int index() {
      return index;
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
      long stride = tiles * channels + APART;
      return rooms
          .select(0, number)
          .as_strided(new long[] {places, tiles, channels}, new long[] {stride, channels, 1});
    }

    /** {@code m d mᵀ} of the 6×6 pixels d that each tile depends on, in room 0; takes room 1. */
    Tensor input(Tensor images, Tensor m) {
      long count = images.size(0);
      padded.narrow(0, 0, count).narrow(1, 1, height).narrow(2, 1, width).copy_(images);
      long row = (width + 2) * channels;
      long image = (height + 2) * row;
      long[] shape = {SEEN, SEEN, count, height / TILE, width / TILE, channels};
      long[] strides = {row, channels, image, TILE * row, TILE * channels, 1};
      Tensor tiles = room(0, SEEN * SEEN, count, channels);
      tiles.view(shape).copy_(padded.as_strided(shape, strides));
      transform(m, tiles, 1, tiles);
      return tiles;
    }

    /**
     * {@code m t mᵀ} of each tile t.
     *
     * @param between the room for {@code m t}, which loses what it has
     * @param result may be in the tiles' room
     */
    void transform(Tensor m, Tensor tiles, int between, Tensor result) {
      long rows = m.size(0);
      long columns = m.size(1);
      long each = tiles.size(1) * tiles.size(2);
      Tensor products =
          room(between, rows * columns, tiles.size(1) / tiles(height, width), tiles.size(2))
              .view(rows, columns, each);
      torch.bmm_out(
          products.transpose(0, 1),
          m.expand(columns, rows, columns),
          tiles.view(columns, columns, each).transpose(0, 1));
      torch.bmm_out(result.view(rows, rows, each), m.expand(rows, rows, columns), products);
    }

    /** Images {@code [n, H, W, C]} by tile and place in it. */
    Tensor cut(Tensor images) {
      return images.view(images.size(0), height / TILE, TILE, width / TILE, TILE, images.size(3));
    }

    /** Tiles of so many images in the order of {@link #cut}. */
    Tensor asCut(Tensor tiles, long images) {
      return tiles
          .view(TILE, TILE, images, height / TILE, width / TILE, tiles.size(2))
          .permute(2, 3, 0, 4, 1, 5);
    }
  }
}
