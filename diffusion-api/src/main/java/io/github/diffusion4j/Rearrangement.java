package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A view that moves pixels. */
final class Rearrangement implements View {

  /** Where pixels come from. */
  @FunctionalInterface
  interface Sources {

    /**
     * For each pixel of what is seen, in row-major order, the index of the image's pixel there: a
     * permutation.
     */
    int[] of(int height, int width);
  }

  /** Sizes that are seen again and again are few. */
  private static final int MOST_KNOWN = 8;

  private final String name;
  private final Sources sources;
  private final Map<Shape, int[]> known = new ConcurrentHashMap<>();

  Rearrangement(String name, Sources sources) {
    this.name = name;
    this.sources = sources;
  }

  /** Where one pixel comes from. */
  @FunctionalInterface
  interface Source {

    /** The index of the image's pixel that is seen in row y and column x. */
    int of(int y, int x, int height, int width);
  }

  static Rearrangement of(String name, Source source) {
    return new Rearrangement(name, (height, width) -> indices(source, height, width));
  }

  static Rearrangement ofSquares(String name, Source source) {
    return new Rearrangement(
        name,
        (height, width) -> {
          checkSquare(name, height, width);
          return indices(source, height, width);
        });
  }

  static void checkSquare(String name, int height, int width) {
    Checks.require(
        height == width, () -> name + " is a view of square images, got " + height + "×" + width);
  }

  private static int[] indices(Source source, int height, int width) {
    int[] from = new int[height * width];
    for (int i = 0; i < from.length; i++) {
      from[i] = source.of(i / width, i % width, height, width);
    }
    return from;
  }

  @Override
  public Tensor apply(Tensor images) {
    return move(images, false);
  }

  @Override
  public Tensor invert(Tensor seen) {
    return move(seen, true);
  }

  private Tensor move(Tensor images, boolean back) {
    Shape shape = images.shape();
    Checks.require(
        shape.rank() == 4, () -> "images must be [batch, channels, height, width], got " + shape);
    if (known.size() > MOST_KNOWN) {
      known.clear();
    }
    int[] from =
        known.computeIfAbsent(
            Shape.of(shape.size(2), shape.size(3)), size -> sources.of(size.size(0), size.size(1)));
    float[] values = images.values();
    float[] moved = new float[values.length];
    for (int plane = 0; plane < values.length; plane += from.length) {
      for (int i = 0; i < from.length; i++) {
        if (back) {
          moved[plane + from[i]] = values[plane + i];
        } else {
          moved[plane + i] = values[plane + from[i]];
        }
      }
    }
    return Tensor.wrap(shape, moved);
  }

  @Override
  public String toString() {
    return name;
  }
}
