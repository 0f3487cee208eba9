package io.github.diffusion4j.image;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;

/**
 * The brightness of an image's pixels, laid over white where they are transparent.
 *
 * <p>Gray images are read from their raster: {@link BufferedImage#getRGB} takes their numbers for
 * linear light and changes them.
 */
final class Pixels {

  private final BufferedImage image;
  private final Raster raster;
  private final boolean rawGray;
  private final double white;

  private Pixels(BufferedImage image) {
    this.image = image;
    this.raster = image.getRaster();
    ColorModel model = image.getColorModel();
    int type = raster.getTransferType();
    this.rawGray =
        model.getColorSpace().getType() == ColorSpace.TYPE_GRAY
            && model.getNumColorComponents() == 1
            && (type == DataBuffer.TYPE_BYTE || type == DataBuffer.TYPE_USHORT);
    this.white = rawGray ? (1 << model.getComponentSize(0)) - 1 : 255;
  }

  static Pixels of(BufferedImage image) {
    return new Pixels(image);
  }

  int width() {
    return image.getWidth();
  }

  int height() {
    return image.getHeight();
  }

  /** The brightness of a channel (0 red, 1 green, 2 blue), in [0, 1]. */
  double brightness(int x, int y, int channel) {
    if (rawGray) {
      double value = raster.getSample(x, y, 0) / white;
      if (!image.getColorModel().hasAlpha()) {
        return value;
      }
      double alpha = raster.getSample(x, y, 1) / white;
      return (image.isAlphaPremultiplied() ? value : value * alpha) + 1 - alpha;
    }
    int argb = image.getRGB(x, y);
    double value = (argb >> (16 - 8 * channel) & 0xFF) / 255.0;
    int alpha = argb >>> 24;
    return alpha == 255 ? value : 1 - alpha / 255.0 * (1 - value);
  }

  /** The brightness of a channel, from 0 to 255. */
  int level(int x, int y, int channel) {
    return (int) Math.round(255 * brightness(x, y, channel));
  }

  /** Whether red, green and blue are equal at a pixel. */
  boolean isGray(int x, int y) {
    return rawGray || (level(x, y, 0) == level(x, y, 1) && level(x, y, 1) == level(x, y, 2));
  }

  /** Whether every pixel is gray. */
  boolean isGray() {
    for (int y = 0; y < height(); y++) {
      for (int x = 0; x < width(); x++) {
        if (!isGray(x, y)) {
          return false;
        }
      }
    }
    return true;
  }

  /** Refuses coloured pixels. */
  void checkGray() {
    for (int y = 0; y < height(); y++) {
      for (int x = 0; x < width(); x++) {
        if (!isGray(x, y)) {
          throw new IllegalArgumentException(
              "one channel needs a gray image, got a coloured pixel in column " + x + ", row " + y);
        }
      }
    }
  }

  /** The three channels of a pixel, opaque. */
  int rgb(int x, int y) {
    if (!rawGray) {
      int argb = image.getRGB(x, y);
      if (argb >>> 24 == 255) {
        return argb & 0xFFFFFF;
      }
    }
    return level(x, y, 0) << 16 | level(x, y, 1) << 8 | level(x, y, 2);
  }
}
