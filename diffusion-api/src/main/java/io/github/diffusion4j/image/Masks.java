package io.github.diffusion4j.image;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.internal.Checks;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Masks: which part of an image is meant, from 0, not at all, to 1, all of it. For inpainting 1 is
 * where new content goes.
 */
public final class Masks {

  private Masks() {}

  /**
   * A mask that is 1 in a rectangle and 0 around it.
   *
   * @param height the number of rows, at least 1
   * @param width the number of columns, at least 1
   * @param top the rectangle's first row
   * @param left the rectangle's first column
   * @param bottom the row behind its last, in {@code [top, height]}
   * @param right the column behind its last, in {@code [left, width]}
   * @return {@code [1, 1, height, width]}
   * @throws IllegalArgumentException if a length is below 1 or the rectangle reaches out of the
   *     mask
   */
  public static Tensor rectangle(int height, int width, int top, int left, int bottom, int right) {
    Checks.atLeast(1, height, "height");
    Checks.atLeast(1, width, "width");
    Checks.inRange(0, height, bottom, "bottom");
    Checks.inRange(0, bottom, top, "top");
    Checks.inRange(0, width, right, "right");
    Checks.inRange(0, right, left, "left");
    float[] values = new float[Shape.images(1, 1, height, width).elements()];
    for (int y = top; y < bottom; y++) {
      Arrays.fill(values, y * width + left, y * width + right, 1);
    }
    return Tensor.of(Shape.images(1, 1, height, width), values);
  }

  /**
   * A drawn mask: white is 1, black 0, and grays lie between.
   *
   * <p>It is resized and cut as {@link Images#toSquare} does it, so that a mask drawn over a
   * picture fits the picture. Transparent pixels are white.
   *
   * @param image a gray image of any type and size
   * @param side the length of the mask's sides, at least 1 pixel
   * @return {@code [1, 1, side, side]}, values in [0, 1]
   * @throws IllegalArgumentException if a pixel is coloured, the length is below 1, or the mask too
   *     large for a tensor
   */
  public static Tensor of(BufferedImage image, int side) {
    Pixels pixels = Pixels.of(image);
    pixels.checkGray();
    return MiddleSquare.of(pixels, 1, side, PixelRange.UNIT);
  }

  /**
   * Reads a drawn mask from an image file, as {@link #of} makes it.
   *
   * @param file a PNG, JPEG, GIF, BMP or TIFF image
   * @param side the length of the mask's sides, at least 1 pixel
   * @return {@code [1, 1, side, side]}, values in [0, 1]
   * @throws IllegalArgumentException if the length is below 1 or the mask too large for a tensor
   * @throws DiffusionException if the file is missing, is not a whole image, or is coloured
   */
  public static Tensor read(Path file, int side) {
    MiddleSquare.shape(1, side); // refused before the file is read
    return ImageFiles.read(file, image -> of(image, side));
  }

  /**
   * The mask of everything else: {@code 1 − mask}.
   *
   * @param mask {@code [batch, 1, height, width]}, values in [0, 1]
   * @return a mask of the same shape
   * @throws IllegalArgumentException if the shape is another one or a value is out of range
   */
  public static Tensor invert(Tensor mask) {
    Shape shape = mask.shape();
    Checks.require(
        shape.rank() == 4 && shape.size(1) == 1,
        () -> "a mask has the shape [batch, 1, height, width], got " + shape);
    float[] values = mask.toArray();
    for (int i = 0; i < values.length; i++) {
      values[i] = 1 - (float) Checks.inRange(0, 1, values[i], "mask");
    }
    return Tensor.of(shape, values);
  }
}
