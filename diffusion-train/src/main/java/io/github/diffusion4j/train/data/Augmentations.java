package io.github.diffusion4j.train.data;

import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.internal.Checks;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.IntUnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** The augmentations that the library has. */
final class Augmentations {

  private Augmentations() {}

  record Own(String name, BiFunction<Tensor, RandomGenerator, Tensor> change)
      implements Augmentation {

    Own {
      Checks.require(!name.isBlank(), () -> "an augmentation's name must not be blank");
      Objects.requireNonNull(change, "change");
    }

    @Override
    public Tensor apply(Tensor image, RandomGenerator random) {
      return change.apply(image, random);
    }
  }

  record Flip(double probability) implements Augmentation {

    @Override
    public Tensor apply(Tensor image, RandomGenerator random) {
      int last = image.shape().size(3) - 1;
      return random.nextDouble() < probability ? taken(image, y -> y, x -> last - x) : image;
    }

    @Override
    public String name() {
      return "flipped with probability " + probability;
    }
  }

  record Shift(int most) implements Augmentation {

    @Override
    public Tensor apply(Tensor image, RandomGenerator random) {
      int height = image.shape().size(2);
      int width = image.shape().size(3);
      Checks.inRange(1, Math.min(height, width) - 1, most, "shift");
      int down = random.nextInt(-most, most + 1);
      int right = random.nextInt(-most, most + 1);
      return taken(image, y -> within(height, y - down), x -> within(width, x - right));
    }

    private static int within(int length, int place) {
      return Math.min(Math.max(0, place), length - 1);
    }

    @Override
    public String name() {
      return "shifted by up to " + most;
    }
  }

  /** An image each of whose pixels is taken from a row and a column of another. */
  private static Tensor taken(Tensor image, IntUnaryOperator row, IntUnaryOperator column) {
    Shape shape = image.shape();
    int height = shape.size(2);
    int width = shape.size(3);
    int[] columns = IntStream.range(0, width).map(column).toArray();
    float[] from = image.toArray();
    float[] to = new float[from.length];
    for (int i = 0; i < to.length; i += width) {
      int y = i / width % height;
      int start = i + (row.applyAsInt(y) - y) * width;
      for (int x = 0; x < width; x++) {
        to[i + x] = from[start + columns[x]];
      }
    }
    return Tensor.of(shape, to);
  }
}
