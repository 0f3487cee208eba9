package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;

/** Filters that come with the library. */
final class Filters {

  static final Filter GRAYSCALE = new Grayscale();

  private static final int MOST_TAPS = 100_001;

  private Filters() {}

  record Complement(Filter filter) implements Filter {

    @Override
    public Tensor apply(Tensor images) {
      return Tensors.mix(1, images, -1, filter.apply(images));
    }

    @Override
    public Filter enlarged(int factor) {
      return new Complement(filter.enlarged(factor));
    }

    @Override
    public String toString() {
      return filter + ".complement";
    }
  }

  record Chain(Filter first, Filter second) implements Filter {

    @Override
    public Tensor apply(Tensor images) {
      return second.apply(first.apply(images));
    }

    @Override
    public Filter enlarged(int factor) {
      return new Chain(first.enlarged(factor), second.enlarged(factor));
    }

    @Override
    public String toString() {
      return second + ".after(" + first + ")";
    }
  }

  record Scale(double factor) implements Filter {

    @Override
    public Tensor apply(Tensor images) {
      return images.times(factor);
    }

    @Override
    public String toString() {
      return "scale(" + factor + ")";
    }
  }

  record MotionBlur(int length) implements Filter {

    @Override
    public Tensor apply(Tensor images) {
      check(images);
      int height = images.shape().size(2);
      int width = images.shape().size(3);
      int reach = Math.min(length / 2, Math.min(height, width) - 1);
      float[] values = images.values();
      float[] blurred = new float[values.length];
      for (int i = 0; i < values.length; i++) {
        int x = i % width;
        int y = i / width % height;
        double sum = 0;
        for (int k = -reach; k <= reach; k++) {
          if (x + k >= 0 && x + k < width && y + k >= 0 && y + k < height) {
            sum += values[i + k * (width + 1)];
          }
        }
        blurred[i] = (float) (sum / length);
      }
      return Tensor.wrap(images.shape(), blurred);
    }

    @Override
    public Filter enlarged(int factor) {
      return new MotionBlur(Filters.enlarged(length, factor));
    }

    @Override
    public String toString() {
      return "motionBlur(" + length + ")";
    }
  }

  /** So many times as much, and odd: as visual_anagrams does, one more where it is even. */
  static int enlarged(int number, int factor) {
    long product = (long) number * Checks.atLeast(1, factor, "factor");
    Checks.require(
        product < MOST_TAPS, () -> "a filter reaches at most " + MOST_TAPS + ", got " + product);
    return (int) (product + (product + 1) % 2);
  }

  static int checkTaps(int taps, String name) {
    Checks.inRange(1, MOST_TAPS, taps, name);
    Checks.require(taps % 2 == 1, () -> name + " must be odd, got " + taps);
    return taps;
  }

  static void check(Tensor images) {
    Checks.require(
        images.shape().rank() == 4 && images.shape().elements() > 0,
        () ->
            "images must be [batch, channels, height, width] and not empty, got " + images.shape());
  }

  private record Grayscale() implements Filter {

    @Override
    public Tensor apply(Tensor images) {
      check(images);
      int channels = images.shape().size(1);
      int each = images.shape().elementsPerImage();
      int area = each / channels;
      float[] values = images.values();
      float[] gray = new float[values.length];
      for (int i = 0; i < values.length; i++) {
        int pixel = i / each * each + i % area;
        double sum = 0;
        for (int c = 0; c < channels; c++) {
          sum += values[pixel + c * area];
        }
        gray[i] = (float) (sum / channels);
      }
      return Tensor.wrap(images.shape(), gray);
    }

    @Override
    public String toString() {
      return "grayscale";
    }
  }
}
