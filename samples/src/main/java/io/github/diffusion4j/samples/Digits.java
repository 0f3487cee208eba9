package io.github.diffusion4j.samples;

import io.github.diffusion4j.Conditioning;
import io.github.diffusion4j.Guidance;
import io.github.diffusion4j.Sampling;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import java.util.stream.IntStream;

/** The requests that the samples about digits share. */
final class Digits {

  static final int CLASSES = 10;
  private static final int SIZE = 28;

  private Digits() {}

  /**
   * Labels for a grid: one row of labels, several times.
   *
   * @param row the labels of a row
   * @param rows how many rows
   * @return all labels, row by row
   */
  static int[] rows(int[] row, int rows) {
    return IntStream.range(0, rows * row.length).map(i -> row[i % row.length]).toArray();
  }

  /** The labels 0 to 9. */
  static int[] all() {
    return IntStream.range(0, CLASSES).toArray();
  }

  /**
   * A request for one image of each label by classifier-free guidance.
   *
   * @param labels each in [0, 10)
   * @param scale the guidance scale γ; 0 ignores the labels
   * @return the request
   */
  static Sampling request(int[] labels, double scale) {
    Conditioning asked = Conditioning.none().global("class", Tensor.oneHot(CLASSES, labels));
    Conditioning none =
        Conditioning.none().global("class", Tensor.zeros(Shape.of(1, CLASSES)));
    return Sampling.fromNoise(Shape.images(labels.length, 1, SIZE, SIZE))
        .guidance(Guidance.classifierFree(scale, asked, none));
  }
}
