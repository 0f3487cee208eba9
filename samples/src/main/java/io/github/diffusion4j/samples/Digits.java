package io.github.diffusion4j.samples;

import io.github.diffusion4j.Conditioning;
import io.github.diffusion4j.Frame;
import io.github.diffusion4j.Guidance;
import io.github.diffusion4j.Sampler;
import io.github.diffusion4j.Sampling;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.image.AnimatedGif;
import io.github.diffusion4j.image.ImageGrid;
import io.github.diffusion4j.image.PixelRange;
import io.github.diffusion4j.image.Png;
import io.github.diffusion4j.onnx.OnnxDenoiser;
import io.github.diffusion4j.pipeline.Pipeline;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.IntStream;

/** What the samples about digits share. */
public final class Digits {

  public static final int CLASSES = 10;

  /** The prompt that says nothing. */
  private static final int ANY = -1;

  private static final int SIZE = 28;
  private static final int SCALE = 2;
  private static final int FRAMES = 25;
  private static final int MILLIS_PER_FRAME = 120;
  private static final int MILLIS_AT_THE_END = 1500;

  private Digits() {}

  /** Labels for a grid: one row of labels, several times. */
  public static int[] rows(int[] row, int rows) {
    return IntStream.range(0, rows * row.length).map(i -> row[i % row.length]).toArray();
  }

  /** The labels 0 to 9. */
  public static int[] all() {
    return IntStream.range(0, CLASSES).toArray();
  }

  /** One image of each label by classifier-free guidance; scale 0 ignores the labels. */
  public static Sampling request(int[] labels, double scale) {
    Conditioning asked = Conditioning.none().global("class", Tensor.oneHot(CLASSES, labels));
    Conditioning none = Conditioning.none().global("class", Tensor.zeros(Shape.of(1, CLASSES)));
    return Sampling.fromNoise(Shape.images(labels.length, 1, SIZE, SIZE))
        .guidance(Guidance.classifierFree(scale, asked, none));
  }

  /** The techniques by name, where a prompt is a digit. */
  static Pipeline<Integer> pipeline(OnnxDenoiser model) {
    return Pipeline.of(model, Digits::told, ANY, Shape.images(1, 1, SIZE, SIZE), PixelRange.UNIT);
  }

  private static Conditioning told(int digit) {
    Tensor label =
        digit == ANY ? Tensor.zeros(Shape.of(1, CLASSES)) : Tensor.oneHot(CLASSES, digit);
    return Conditioning.none().global("class", label);
  }

  /**
   * Samples, and writes the grid and, if asked, the way there, smaller and in 25 frames at most,
   * since noise cannot be compressed.
   */
  public static void draw(
      Sampler sampler, Sampling request, int columns, Path png, Optional<Path> gif) {
    ImageGrid grid = ImageGrid.columns(columns).scale(SCALE);
    Tensor digits =
        gif.map(file -> animate(sampler, request, ImageGrid.columns(columns), file))
            .orElseGet(() -> sampler.sample(request));
    Png.write(png, grid.draw(digits, PixelRange.UNIT), request.settings());
  }

  private static Tensor animate(Sampler sampler, Sampling request, ImageGrid grid, Path file) {
    Tensor last = Tensor.zeros(request.shape());
    try (AnimatedGif gif = AnimatedGif.create(file, MILLIS_PER_FRAME)) {
      for (Frame frame : sampler.frames(request)) {
        last = frame.sample();
        if ((frame.steps() - frame.index()) % ((frame.steps() + FRAMES - 1) / FRAMES) == 0) {
          gif.add(grid.draw(last, PixelRange.UNIT));
        }
      }
      gif.finish(MILLIS_AT_THE_END);
    }
    return last;
  }
}
