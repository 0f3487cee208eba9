package io.github.diffusion4j;

/** Filters that come with the library. */
final class Filters {

  static final Filter GRAYSCALE = new Grayscale();

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
      int height = images.shape().size(2);
      int width = images.shape().size(3);
      float[] values = images.values();
      float[] blurred = new float[values.length];
      for (int i = 0; i < values.length; i++) {
        int x = i % width;
        int y = i / width % height;
        double sum = 0;
        for (int k = -(length / 2); k <= length / 2; k++) {
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
      return new MotionBlur(odd(length * factor));
    }

    @Override
    public String toString() {
      return "motionBlur(" + length + ")";
    }
  }

  /** An odd number near: as visual_anagrams does, one more where the number is even. */
  static int odd(int number) {
    return number + (number + 1) % 2;
  }

  private record Grayscale() implements Filter {

    @Override
    public Tensor apply(Tensor images) {
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
