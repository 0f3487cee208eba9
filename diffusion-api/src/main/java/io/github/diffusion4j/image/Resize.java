package io.github.diffusion4j.image;

import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.internal.Checks;

/** Images of other sizes. */
public final class Resize {

  private Resize() {}

  /**
   * Images of another size, by linear interpolation between the centres of the four nearest pixels;
   * the centres of the corner pixels stay where they are.
   *
   * <p>Row {@code y} of the result lies at {@code y·(h − 1) / (height − 1)} of the given {@code h}
   * rows, at 0 if the result has one row, and so do columns. This is {@code
   * torch.nn.functional.interpolate} with {@code mode="bilinear", align_corners=True}, by which
   * DeepFloyd IF hands the images of a stage to the next. Smaller images are not smoothed before.
   *
   * @param images {@code [batch, channels, h, w]} with {@code h} and {@code w} at least 1
   * @param height the number of rows, at least 1
   * @param width the number of columns, at least 1
   * @return {@code [batch, channels, height, width]}; the images themselves if that is their size
   * @throws IllegalArgumentException if the shape is another one, a length is below 1, or the
   *     product too large
   */
  public static Tensor bilinear(Tensor images, int height, int width) {
    Shape shape = images.shape();
    Checks.require(
        shape.rank() == 4 && shape.size(2) > 0 && shape.size(3) > 0,
        () -> "images have the shape [batch, channels, height, width], got " + shape);
    Checks.atLeast(1, height, "height");
    Checks.atLeast(1, width, "width");
    Axis rows = new Axis(shape.size(2), height);
    Axis columns = new Axis(shape.size(3), width);
    if (rows.isSame() && columns.isSame()) {
      return images;
    }
    Shape resized = Shape.images(shape.batch(), shape.size(1), height, width);
    float[] from = images.toArray();
    float[] to = new float[resized.elements()];
    int offset = 0;
    for (int plane = 0; plane < shape.batch() * shape.size(1); plane++) {
      for (int y = 0; y < height; y++) {
        int upper = (plane * shape.size(2) + rows.before(y)) * shape.size(3);
        int lower = (plane * shape.size(2) + rows.after(y)) * shape.size(3);
        for (int x = 0; x < width; x++) {
          double above = columns.between(from, upper, x);
          double below = columns.between(from, lower, x);
          to[offset++] = (float) (above + rows.share(y) * (below - above));
        }
      }
    }
    return Tensor.of(resized, to);
  }

  /** Where the places of an axis lie on the old axis. */
  private record Axis(int length, int resized) {

    boolean isSame() {
      return length == resized;
    }

    /**
     * In single precision as in torch: at place 255 of 256 exact numbers would differ by more than
     * the rounding of a pixel.
     */
    private float position(int place) {
      return resized == 1 ? 0 : place * ((length - 1) / (float) (resized - 1));
    }

    int before(int place) {
      return Math.min((int) position(place), length - 1);
    }

    int after(int place) {
      return Math.min(before(place) + 1, length - 1);
    }

    double share(int place) {
      return position(place) - before(place);
    }

    double between(float[] values, int offset, int place) {
      double left = values[offset + before(place)];
      return left + share(place) * (values[offset + after(place)] - left);
    }
  }
}
