package io.github.diffusion4j.image;

import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.internal.Checks;
import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import java.util.List;

/**
 * How to lay several images of one size out in rows, in reading order.
 *
 * <p>A value: every method returns a changed copy. Lengths are in pixels of the result.
 */
public final class ImageGrid {

  private final int columns;
  private final int padding;
  private final int scale;
  private final int background;

  private ImageGrid(int columns, int padding, int scale, int background) {
    this.columns = columns;
    this.padding = padding;
    this.scale = scale;
    this.background = background;
  }

  /**
   * A grid of so many columns, 2 pixels of white around each image, images in their own size.
   *
   * @param columns the number of images in a row, at least 1
   * @return the grid
   * @throws IllegalArgumentException if the number is below 1
   */
  public static ImageGrid columns(int columns) {
    return new ImageGrid(Checks.inRange(1, Integer.MAX_VALUE, columns, "columns"), 2, 1, 255);
  }

  /**
   * This with other distances.
   *
   * @param padding between images and at the edges, in [0, 1000] pixels
   * @return the changed grid
   * @throws IllegalArgumentException if the distance is out of range
   */
  public ImageGrid padding(int padding) {
    return new ImageGrid(columns, Checks.inRange(0, 1000, padding, "padding"), scale, background);
  }

  /**
   * This with larger images: every pixel becomes a square.
   *
   * @param scale the side of the square, in [1, 100] pixels
   * @return the changed grid
   * @throws IllegalArgumentException if the factor is out of range
   */
  public ImageGrid scale(int scale) {
    return new ImageGrid(columns, padding, Checks.inRange(1, 100, scale, "scale"), background);
  }

  /**
   * This with another gray between the images.
   *
   * @param level from 0, black, to 255, white
   * @return the changed grid
   * @throws IllegalArgumentException if the level is out of range
   */
  public ImageGrid background(int level) {
    return new ImageGrid(
        columns, padding, scale, Checks.inRange(0, 255, level, "background level"));
  }

  /**
   * Lays out the images of a batch.
   *
   * @param batch {@code [batch, 1 or 3, height, width]} with at least one image
   * @param range which values are black and white
   * @return the picture
   * @throws IllegalArgumentException if the shape is another one, a value is NaN, or the picture
   *     would be too large
   */
  public BufferedImage draw(Tensor batch, PixelRange range) {
    return draw(Images.toImages(batch, range));
  }

  /**
   * Lays out images.
   *
   * @param images at least one, of equal sizes; missing ones of the last row are background
   * @return the picture, gray if all images are
   * @throws IllegalArgumentException if there is no image, the sizes differ, or the picture would
   *     be too large
   */
  public BufferedImage draw(List<BufferedImage> images) {
    Checks.require(!images.isEmpty(), () -> "a grid needs at least one image, got none");
    int width = images.get(0).getWidth();
    int height = images.get(0).getHeight();
    for (BufferedImage image : images) {
      Checks.require(
          image.getWidth() == width && image.getHeight() == height,
          () ->
              "images of a grid must have one size, got "
                  + width
                  + "×"
                  + height
                  + " and "
                  + image.getWidth()
                  + "×"
                  + image.getHeight());
    }
    int rows = (images.size() - 1) / columns + 1;
    BufferedImage picture = background(total(columns, width), total(rows, height), images);
    for (int i = 0; i < images.size(); i++) {
      place(
          Pixels.of(images.get(i)),
          picture.getRaster(),
          padding + i % columns * (width * scale + padding),
          padding + i / columns * (height * scale + padding));
    }
    return picture;
  }

  private long total(int count, int length) {
    return padding + (long) count * ((long) length * scale + padding);
  }

  private BufferedImage background(long width, long height, List<BufferedImage> images) {
    Checks.require(
        width <= Integer.MAX_VALUE / 4 / height,
        () -> "a grid has at most 2²⁹ pixels, got " + width + "×" + height);
    boolean gray = images.stream().allMatch(image -> Pixels.of(image).isGray());
    BufferedImage picture =
        new BufferedImage(
            (int) width,
            (int) height,
            gray ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB);
    WritableRaster raster = picture.getRaster();
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int band = 0; band < raster.getNumBands(); band++) {
          raster.setSample(x, y, band, background);
        }
      }
    }
    return picture;
  }

  private void place(Pixels image, WritableRaster picture, int left, int top) {
    for (int y = 0; y < image.height() * scale; y++) {
      for (int x = 0; x < image.width() * scale; x++) {
        for (int band = 0; band < picture.getNumBands(); band++) {
          picture.setSample(left + x, top + y, band, image.level(x / scale, y / scale, band));
        }
      }
    }
  }
}
