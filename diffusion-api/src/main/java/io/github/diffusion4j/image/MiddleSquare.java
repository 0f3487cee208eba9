package io.github.diffusion4j.image;

import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.internal.Checks;

/**
 * The middle square of a picture whose shorter side is made as long as the square's.
 *
 * <p>Only the part of the picture that reaches the square is made, so its longer side may be of any
 * length.
 */
final class MiddleSquare {

  private final Pixels picture;
  private final int side;
  private final ResizedAxis columns;
  private final ResizedAxis rows;

  private MiddleSquare(Pixels picture, int side) {
    int shorter = Math.min(picture.width(), picture.height());
    this.picture = picture;
    this.side = side;
    this.columns = ResizedAxis.middle(picture.width(), shorter, side);
    this.rows = ResizedAxis.middle(picture.height(), shorter, side);
  }

  /** The shape of a square, whose side is at least 1. */
  static Shape shape(int channels, int side) {
    return Shape.images(1, channels, Checks.atLeast(1, side, "side"), side);
  }

  /** The square as a tensor {@code [1, channels, side, side]}. */
  static Tensor of(Pixels picture, int channels, int side, PixelRange range) {
    Shape shape = shape(channels, side);
    float[] values = new float[shape.elements()];
    MiddleSquare square = new MiddleSquare(picture, side);
    for (int c = 0; c < channels; c++) {
      square.copyTo(values, c, range);
    }
    return Tensor.of(shape, values);
  }

  private void copyTo(float[] values, int channel, PixelRange range) {
    int[] narrow = narrow(channel);
    int offset = channel * side * side;
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        int level = rows.level(y, narrow, x, side);
        values[offset++] = range.value(level / 255.0);
      }
    }
  }

  /** The rows that are of use, each as wide as the square. */
  private int[] narrow(int channel) {
    int[] narrow = new int[(rows.end() - rows.start()) * side];
    int[] row = new int[columns.end() - columns.start()];
    int offset = 0;
    for (int y = rows.start(); y < rows.end(); y++) {
      for (int x = 0; x < row.length; x++) {
        row[x] = picture.level(columns.start() + x, y, channel);
      }
      for (int x = 0; x < side; x++) {
        narrow[offset++] = columns.level(x, row, 0, 1);
      }
    }
    return narrow;
  }
}
