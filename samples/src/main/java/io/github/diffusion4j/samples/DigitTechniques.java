package io.github.diffusion4j.samples;

import ai.onnxruntime.OrtException;
import io.github.diffusion4j.Filter;
import io.github.diffusion4j.Scheduler;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Spacing;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.Tensors;
import io.github.diffusion4j.View;
import io.github.diffusion4j.image.ImageGrid;
import io.github.diffusion4j.image.Images;
import io.github.diffusion4j.image.Masks;
import io.github.diffusion4j.image.PixelRange;
import io.github.diffusion4j.image.Png;
import io.github.diffusion4j.image.Strip;
import io.github.diffusion4j.onnx.OnnxDenoiser;
import io.github.diffusion4j.pipeline.Loop;
import io.github.diffusion4j.pipeline.Pipeline;
import io.github.diffusion4j.pipeline.Request;
import io.github.diffusion4j.train.data.Dataset;
import io.github.diffusion4j.train.data.Mnist;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The techniques of the course's part A on digits: the bundled model by {@link Pipeline}. */
final class DigitTechniques {

  /**
   * With all of DDIM's noise: what an early step gets wrong between two digits, or where new
   * strokes meet old ones, later steps mend. Strokes are cleaner so than without.
   */
  private static final Loop LOOP = Loop.of(Spacing.trailing(), Scheduler.ddim(1));

  private static final int[] LEVELS = {2, 7, 10, 12, 15, 20};
  private static final int STEPS = 25;
  private static final int IMAGES = 8;
  private static final long SEED = 42;
  private static final int SCALE = 2;

  private final Pipeline<Integer> pipeline;
  private final Judge judge;
  private final Path samples;
  private final Path target;
  private final Page page;

  private DigitTechniques(
      Pipeline<Integer> pipeline, Judge judge, Path samples, Path target, Page page) {
    this.pipeline = pipeline;
    this.judge = judge;
    this.samples = samples;
    this.target = target;
    this.page = page;
  }

  /** Adds a figure for each technique. */
  static void write(OnnxDenoiser denoiser, Path samples, Path target, Page page) {
    try (Judge judge = new Judge(samples.resolve("models/judge.onnx"))) {
      Pipeline<Integer> pipeline = Digits.pipeline(denoiser).guidance(5).loop(LOOP);
      DigitTechniques techniques = new DigitTechniques(pipeline, judge, samples, target, page);
      techniques.edits();
      techniques.inpainting();
      techniques.anagram(6, View.rotateHalf(), "turned by half", 9);
      techniques.anagram(4, View.rotateHalf(), "turned by half", 7);
      techniques.anagram(2, View.flip(), "upside down", 5);
      techniques.hybrid(4, 9);
    } catch (OrtException e) {
      throw new IllegalStateException("the classifier failed: " + e.getMessage(), e);
    }
  }

  private void edits() {
    Tensor two = drawn(8, 7, 19, 7, 19, 14, 8, 14, 8, 21, 19, 21);
    Tensor five = drawn(19, 7, 8, 7, 8, 14, 19, 14, 19, 21, 8, 21);
    Tensor three = drawn(8, 7, 19, 7, 11, 13, 19, 20, 8, 22);
    List<Tensor> drawings = List.of(two, five, three, three);
    int[] asked = {2, 5, 3, 8};
    List<Tensor> columns = new ArrayList<>(List.of(Tensors.concat(drawings)));
    Map<String, String> settings = Map.of();
    for (int i = LEVELS.length - 1; i >= 0; i--) {
      List<Tensor> rows = new ArrayList<>();
      for (int row = 0; row < asked.length; row++) {
        Request<Integer> request =
            pipeline.edit(drawings.get(row), LEVELS[i], asked[row]).steps(STEPS).seed(SEED + row);
        rows.add(request.tensor());
        settings = request.settings();
      }
      columns.add(Tensors.concat(rows));
    }
    figure(
        "edits",
        columns,
        settings,
        "SDEdit. On the left drawings of straight lines; then asked for 2, 5, 3 and, of the same"
            + " drawing, 8, from levels 20, 15, 12, 10, 7 and 2 of 25: the less is kept of the"
            + " drawing, the more the digit looks written.");
  }

  private void inpainting() {
    Dataset digits = Mnist.test(samples.resolve("data/mnist"));
    Tensor originals = Tensors.concat(Stream.of(0, 7).map(i -> image(digits, i)).toList());
    Tensor lower = Masks.rectangle(28, 28, 14, 0, 28, 28);
    Tensor black = Tensor.zeros(originals.shape());
    List<Tensor> columns = new ArrayList<>();
    columns.add(originals);
    columns.add(Tensors.blend(lower, black, originals));
    Map<String, String> settings = Map.of();
    for (int digit : Digits.all()) {
      Request<Integer> request =
          pipeline.inpaint(originals, lower, digit).count(2).steps(STEPS).seed(SEED);
      columns.add(request.tensor());
      settings = request.settings();
    }
    figure(
        "inpainting",
        columns,
        settings,
        "Inpainting. A 7 and a 9 of MNIST's test digits, their upper halves, and these made into 0"
            + " to 9: the upper half is MNIST's in every picture.");
  }

  private void anagram(int plain, View view, String how, int seen) {
    Request<Integer> request =
        pipeline.anagram(plain, view, seen).count(IMAGES).steps(STEPS).seed(SEED);
    Tensor images = request.tensor();
    Tensor turned = view.apply(images);
    figure(
        "anagram-" + plain + seen,
        columns(images, turned),
        request.settings(),
        "Visual anagrams. Above as they are, "
            + plain
            + "; below the same pictures "
            + how
            + ", "
            + seen
            + ". A classifier reads both in "
            + read(images, plain, turned, seen)
            + " of "
            + IMAGES
            + ".");
  }

  private void hybrid(int far, int near) {
    Filter low = Filter.gaussianBlur(7, 1.5);
    Request<Integer> request =
        pipeline.hybrid(low, far, near).count(IMAGES).steps(STEPS).seed(SEED);
    Tensor images = request.tensor();
    Tensor blurred = low.apply(images);
    figure(
        "hybrid-" + far + near,
        columns(images, blurred),
        request.settings(),
        "Hybrid images. Above as they are, "
            + near
            + "; below blurred (kernel 7, σ 1.5), "
            + far
            + ". So few pixels leave little room for two digits: a classifier reads both in "
            + read(images, near, blurred, far)
            + " of "
            + IMAGES
            + ".");
  }

  private int read(Tensor images, int digit, Tensor others, int other) {
    try {
      Judge.Verdict first = judge.judge(images);
      Judge.Verdict second = judge.judge(others);
      int both = 0;
      for (int i = 0; i < IMAGES; i++) {
        both += first.digit(i) == digit && second.digit(i) == other ? 1 : 0;
      }
      return both;
    } catch (OrtException e) {
      throw new IllegalStateException("the classifier failed: " + e.getMessage(), e);
    }
  }

  private void figure(
      String name, List<Tensor> columns, Map<String, String> settings, String caption) {
    System.out.println("Made " + name);
    Strip strip = Strip.of(columns);
    ImageGrid grid = ImageGrid.columns(strip.columns()).scale(SCALE);
    Png.write(target.resolve(name + ".png"), grid.draw(strip.images(), PixelRange.UNIT), settings);
    page.figure(name + ".png", caption);
  }

  /** Two rows: a batch, and another below. */
  private static List<Tensor> columns(Tensor above, Tensor below) {
    List<Tensor> columns = new ArrayList<>();
    for (int i = 0; i < above.shape().batch(); i++) {
      columns.add(Tensors.concat(List.of(above.images(i, i + 1), below.images(i, i + 1))));
    }
    return columns;
  }

  private static Tensor image(Dataset digits, int index) {
    float[] pixels = new float[28 * 28];
    digits.image(index, pixels, 0);
    return Tensor.of(Shape.images(1, 1, 28, 28), pixels);
  }

  /** Straight lines from point to point, x and y in turn. */
  private static Tensor drawn(double... points) {
    Path2D line = new Path2D.Double();
    line.moveTo(points[0], points[1]);
    for (int i = 2; i < points.length; i += 2) {
      line.lineTo(points[i], points[i + 1]);
    }
    BufferedImage image = new BufferedImage(28, 28, BufferedImage.TYPE_BYTE_GRAY);
    Graphics2D pen = image.createGraphics();
    pen.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    pen.setColor(Color.WHITE);
    pen.setStroke(new BasicStroke(2.2f));
    pen.draw(line);
    pen.dispose();
    return Images.toTensor(image, 1, PixelRange.UNIT);
  }
}
