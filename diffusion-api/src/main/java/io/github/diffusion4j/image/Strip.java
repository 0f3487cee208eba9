package io.github.diffusion4j.image;

import io.github.diffusion4j.Frame;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.Tensors;
import io.github.diffusion4j.internal.Checks;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The way of a batch of images, step by step from left to right, in one row for each image.
 *
 * <p>Immutable.
 */
public final class Strip {

  private final int columns;
  private final Tensor images;

  private Strip(int columns, Tensor images) {
    this.columns = columns;
    this.images = images;
  }

  /**
   * A strip of given batches.
   *
   * @param batches the columns from left to right, at least one; equal shapes of {@code [batch, 1
   *     or 3, height, width]}
   * @return the strip
   * @throws IllegalArgumentException if there is no batch, or the shapes differ or are other ones
   */
  public static Strip of(List<Tensor> batches) {
    Checks.require(!batches.isEmpty(), () -> "a strip needs at least one batch, got none");
    Tensor first = batches.get(0);
    Images.checkImages(first.shape());
    List<Tensor> rows = new ArrayList<>();
    for (int i = 0; i < first.shape().batch(); i++) {
      for (Tensor batch : batches) {
        Checks.require(
            batch.shape().equals(first.shape()),
            () ->
                "batches of a strip must have one shape, got "
                    + first.shape()
                    + " and "
                    + batch.shape());
        rows.add(batch.images(i, i + 1));
      }
    }
    Checks.require(!rows.isEmpty(), () -> "a strip needs at least one image, got " + first.shape());
    return new Strip(batches.size(), Tensors.concat(rows));
  }

  /**
   * Every so many frames of a run, and its last frame. The frames are made, or passed through, one
   * by one; only what is shown of the chosen ones is kept.
   *
   * @param steps the number of steps from one chosen frame to the next, at least 1: the frames
   *     whose index it divides are chosen
   * @param frames at least one frame, in order
   * @param shown what to show of a frame, such as {@code Frame::sample} or {@code frame ->
   *     frame.estimate().clean()}
   * @return the strip
   * @throws IllegalArgumentException if the number is below 1 or there is no frame
   */
  public static Strip every(int steps, Iterable<Frame> frames, Function<Frame, Tensor> shown) {
    Checks.atLeast(1, steps, "steps");
    List<Tensor> batches = new ArrayList<>();
    List<Frame> last = List.of();
    for (Frame frame : frames) {
      last = List.of(frame);
      if (frame.index() % steps == 0) {
        batches.add(shown.apply(frame));
        last = List.of();
      }
    }
    last.forEach(frame -> batches.add(shown.apply(frame)));
    return of(batches);
  }

  /** The number of images in a row, at least 1. */
  public int columns() {
    return columns;
  }

  /** All images in reading order: {@code [rows · columns, 1 or 3, height, width]}. */
  public Tensor images() {
    return images;
  }

  /**
   * The strip as a picture, laid out as {@link ImageGrid#columns} does it.
   *
   * @param range which values are black and white
   * @return the picture
   * @throws IllegalArgumentException if a value is NaN, or the picture would be too large
   */
  public BufferedImage draw(PixelRange range) {
    return ImageGrid.columns(columns).draw(images, range);
  }
}
