package io.github.diffusion4j.image;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.internal.Checks;
import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** Tensors as images, images as tensors. */
public final class Images {

  private Images() {}

  /**
   * The images of a batch.
   *
   * @param batch {@code [batch, 1, height, width]} for gray images, {@code [batch, 3, height,
   *     width]} for red, green and blue; values outside of the range are clamped
   * @param range which values are black and white
   * @return images of type {@link BufferedImage#TYPE_BYTE_GRAY} or {@link
   *     BufferedImage#TYPE_INT_RGB}
   * @throws IllegalArgumentException if the shape is another one, an image has no pixel, or a value
   *     is NaN
   */
  public static List<BufferedImage> toImages(Tensor batch, PixelRange range) {
    Shape shape = batch.shape();
    checkImages(shape);
    float[] values = batch.toArray();
    return IntStream.range(0, shape.batch())
        .mapToObj(index -> image(values, shape, index, range))
        .toList();
  }

  static void checkImages(Shape shape) {
    Checks.require(
        shape.rank() == 4
            && (shape.size(1) == 1 || shape.size(1) == 3)
            && shape.size(2) > 0
            && shape.size(3) > 0,
        () -> "images have the shape [batch, 1 or 3, height, width], got " + shape);
  }

  /**
   * The image of a batch of one.
   *
   * @param tensor {@code [1, 1 or 3, height, width]}; values outside of the range are clamped
   * @param range which values are black and white
   * @return an image of type {@link BufferedImage#TYPE_BYTE_GRAY} or {@link
   *     BufferedImage#TYPE_INT_RGB}
   * @throws IllegalArgumentException if the shape is another one, the image has no pixel, or a
   *     value is NaN
   */
  public static BufferedImage toImage(Tensor tensor, PixelRange range) {
    Checks.require(
        tensor.shape().batch() == 1, () -> "one image has batch 1, got shape " + tensor.shape());
    return toImages(tensor, range).get(0);
  }

  private static BufferedImage image(float[] values, Shape shape, int index, PixelRange range) {
    int channels = shape.size(1);
    int height = shape.size(2);
    int width = shape.size(3);
    BufferedImage image =
        new BufferedImage(
            width,
            height,
            channels == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB);
    WritableRaster raster = image.getRaster();
    int offset = index * channels * height * width;
    for (int c = 0; c < channels; c++) {
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          float value = values[offset++];
          if (Float.isNaN(value)) {
            throw new IllegalArgumentException(
                "value must be a number, got NaN at " + List.of(index, c, y, x));
          }
          raster.setSample(x, y, c, range.pixel(value));
        }
      }
    }
    return image;
  }

  /**
   * An image as a tensor.
   *
   * <p>Transparent pixels are laid over white. Gray images of 16 bits keep them, colours have 8.
   *
   * @param image an image of any type and size
   * @param channels 1 for a gray image, 3 for red, green and blue
   * @param range which values are black and white
   * @return {@code [1, channels, height, width]}; with 3 channels a gray image gives three equal
   *     ones
   * @throws IllegalArgumentException if the number of channels is neither 1 nor 3, or one channel
   *     is asked of an image that is not gray
   */
  public static Tensor toTensor(BufferedImage image, int channels, PixelRange range) {
    checkChannels(channels);
    Pixels pixels = pixels(image, channels);
    float[] values =
        new float[Shape.images(1, channels, pixels.height(), pixels.width()).elements()];
    int offset = 0;
    for (int c = 0; c < channels; c++) {
      for (int y = 0; y < pixels.height(); y++) {
        for (int x = 0; x < pixels.width(); x++) {
          values[offset++] = range.value(pixels.brightness(x, y, c));
        }
      }
    }
    return Tensor.of(Shape.images(1, channels, pixels.height(), pixels.width()), values);
  }

  /**
   * Reads an image file: PNG, JPEG, GIF (its first frame), BMP or TIFF. Colours of a JPEG file with
   * a colour profile become those of sRGB; what the file says of turning is not obeyed.
   *
   * @param file the file
   * @param channels 1 for a gray image, 3 for red, green and blue
   * @param range which values are black and white
   * @return {@code [1, channels, height, width]}, as {@link #toTensor} makes it
   * @throws IllegalArgumentException if the number of channels is neither 1 nor 3
   * @throws DiffusionException if the file is missing, is not a whole image, or is coloured though
   *     one channel is asked for
   */
  public static Tensor read(Path file, int channels, PixelRange range) {
    checkChannels(channels);
    return ImageFiles.read(file, image -> toTensor(image, channels, range));
  }

  /**
   * The middle of a picture as a square, the way CS180 prepares pictures for DeepFloyd IF.
   *
   * <p>The picture is resized until its shorter side has the length, and what of the longer side is
   * too much is cut off at both ends: torchvision's {@code Resize(side)} and {@code
   * CenterCrop(side)}. Resizing equals the bilinear filter of Pillow 10 to 12 in every bit: pixels
   * are averaged where the picture gets smaller, first along rows and then along columns, and each
   * time rounded to 8 bits. (Pillow 13 begins with the columns if a picture is more than twice as
   * high as wide, and then differs by a level here and there.) So images of 16 bits are reduced to
   * 8. Transparent pixels are laid over white first; the course shows the colour hidden in them.
   *
   * @param image a picture of any type and size
   * @param side the length of the square's sides, at least 1 pixel
   * @param range which values are black and white
   * @return {@code [1, 3, side, side]}; a gray picture gives three equal channels
   * @throws IllegalArgumentException if the length is below 1 or the square too large for a tensor
   */
  public static Tensor toSquare(BufferedImage image, int side, PixelRange range) {
    return MiddleSquare.of(Pixels.of(image), 3, side, range);
  }

  /**
   * Reads an image file as a square: PNG, JPEG, GIF (its first frame), BMP or TIFF, as {@link
   * #read} does. The course, by Pillow, leaves colour profiles aside.
   *
   * @param file the file
   * @param side the length of the square's sides, at least 1 pixel
   * @param range which values are black and white
   * @return {@code [1, 3, side, side]}, as {@link #toSquare} makes it
   * @throws IllegalArgumentException if the length is below 1 or the square too large for a tensor
   * @throws DiffusionException if the file is missing or is not a whole image
   */
  public static Tensor readSquare(Path file, int side, PixelRange range) {
    return readSquare(file, 3, side, range);
  }

  /**
   * Reads an image file as a square of one or three channels.
   *
   * @param file the file
   * @param channels 1 for a gray image, 3 for red, green and blue
   * @param side the length of the square's sides, at least 1 pixel
   * @param range which values are black and white
   * @return {@code [1, channels, side, side]}; with 3 channels as {@link #toSquare} makes it, with
   *     1 the first of three equal ones
   * @throws IllegalArgumentException if the number of channels is neither 1 nor 3, the length below
   *     1 or the square too large for a tensor
   * @throws DiffusionException if the file is missing, is not a whole image, or is coloured though
   *     one channel is asked for
   */
  public static Tensor readSquare(Path file, int channels, int side, PixelRange range) {
    checkChannels(channels);
    MiddleSquare.shape(channels, side); // refused before the file is read
    return ImageFiles.read(
        file, image -> MiddleSquare.of(pixels(image, channels), channels, side, range));
  }

  private static void checkChannels(int channels) {
    Checks.require(
        channels == 1 || channels == 3, () -> "channels must be 1 or 3, got " + channels);
  }

  /** The pixels of an image that has so many channels to give. */
  private static Pixels pixels(BufferedImage image, int channels) {
    Pixels pixels = Pixels.of(image);
    if (channels == 1) {
      pixels.checkGray();
    }
    return pixels;
  }
}
