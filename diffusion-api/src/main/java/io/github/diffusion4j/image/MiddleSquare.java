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
    new MiddleSquare(picture, side).copyTo(values, channels, range);
    return Tensor.of(shape, values);
  }

  private void copyTo(float[] values, int channels, PixelRange range) {
    int[][] narrow = narrow(channels);
    int offset = 0;
    for (int[] channel : narrow) {
      for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
          values[offset++] = range.value(rows.level(y, channel, x, side) / 255.0);
        }
      }
    }
  }

  /** The rows that are of use, each as wide as the square, by channels. */
  private int[][] narrow(int channels) {
    int[][] narrow = new int[channels][(rows.end() - rows.start()) * side];
    int[] pixels = new int[columns.end() - columns.start()];
    int[] row = new int[pixels.length];
    for (int y = rows.start(); y < rows.end(); y++) {
      for (int x = 0; x < pixels.length; x++) {
        pixels[x] = picture.rgb(columns.start() + x, y);
      }
      for (int c = 0; c < channels; c++) {
        for (int x = 0; x < pixels.length; x++) {
          row[x] = pixels[x] >> (16 - 8 * c) & 0xFF;
        }
        for (int x = 0; x < side; x++) {
          narrow[c][(y - rows.start()) * side + x] = columns.level(x, row, 0, 1);
        }
      }
    }
    return narrow;
  }
}
