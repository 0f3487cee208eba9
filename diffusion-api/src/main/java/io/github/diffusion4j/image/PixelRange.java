package io.github.diffusion4j.image;

/**
 * Which numbers stand for black and white in a tensor.
 *
 * <p>Towards pixels a value is clamped to its range, scaled to [0, 255] and rounded to the nearest
 * whole number, halves upwards; every 8-bit pixel survives the way to a tensor and back.
 */
public enum PixelRange {
  /** Black is 0 and white is 1, as in MNIST. */
  UNIT(0),
  /** Black is −1 and white is 1, as in DeepFloyd IF and Stable Diffusion. */
  SIGNED(-1);

  private final double black;

  PixelRange(double black) {
    this.black = black;
  }

  /** A pixel from 0 to 255 of a value that is not NaN. */
  int pixel(float value) {
    double share = (value - black) / (1 - black);
    return (int) Math.round(255 * Math.min(1, Math.max(0, share)));
  }

  /** The value of a brightness in [0, 1]. */
  float value(double brightness) {
    return (float) (black + brightness * (1 - black));
  }
}
