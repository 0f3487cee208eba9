package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;

/** The views that come with the library, as visual_anagrams defines them. */
final class Views {

  static final View IDENTITY = new Identity();
  static final View FLIP =
      Rearrangement.of("flip", (y, x, height, width) -> (height - 1 - y) * width + x);
  static final View CLOCKWISE =
      Rearrangement.ofSquares("rotateClockwise", (y, x, n, w) -> (n - 1 - x) * n + y);
  static final View COUNTERCLOCKWISE =
      Rearrangement.ofSquares("rotateCounterclockwise", (y, x, n, w) -> x * n + n - 1 - y);
  static final View HALF =
      Rearrangement.of("rotateHalf", (y, x, height, width) -> height * width - 1 - y * width - x);
  static final View NEGATE = new Negative();
  static final View INNER_CIRCLE = Rearrangement.ofSquares("innerCircle", Views::innerCircle);
  static final View SQUARE_HINGE = Rearrangement.ofSquares("squareHinge", Views::squareHinge);

  private Views() {}

  private record Identity() implements View {

    @Override
    public Tensor apply(Tensor images) {
      return images;
    }

    @Override
    public Tensor invert(Tensor seen) {
      return seen;
    }

    @Override
    public String toString() {
      return "identity";
    }
  }

  private record Negative() implements View {

    @Override
    public Tensor apply(Tensor images) {
      return images.times(-1);
    }

    @Override
    public Tensor invert(Tensor seen) {
      return seen.times(-1);
    }

    @Override
    public Tensor invertVariance(Tensor seen) {
      return seen;
    }

    @Override
    public String toString() {
      return "negate";
    }
  }

  private static int innerCircle(int y, int x, int n, int width) {
    double centre = (n - 1) / 2.0;
    double radius = n * 3 / 8.0;
    boolean inside = Math.pow(x - centre, 2) + Math.pow(y - centre, 2) < radius * radius;
    return inside ? (n - 1 - y) * n + n - 1 - x : y * n + x;
  }

  private static int squareHinge(int y, int x, int n, int width) {
    int square = n / 3;
    if (y >= 3 * square || x >= 3 * square) {
      return y * n + x;
    }
    int top = y / square * square;
    int left = x / square * square;
    int row = y - top;
    int column = x - left;
    boolean isEven = (y / square + x / square) % 2 == 0;
    int fromRow = isEven ? square - 1 - column : column;
    int fromColumn = isEven ? row : square - 1 - row;
    return (top + fromRow) * n + left + fromColumn;
  }

  static View skew(double factor) {
    return Rearrangement.of(
        "skew(" + factor + ")",
        (y, x, height, width) -> {
          int down = (int) (factor * (x - height / 2));
          return Math.floorMod(y - down, height) * width + x;
        });
  }

  static View patches(int count, long seed) {
    int[] order = TorchGenerator.seeded(seed).randperm(count * count);
    String name = "patches(" + count + ", " + seed + ")";
    return Rearrangement.of(
        name,
        (y, x, height, width) -> {
          Checks.require(
              height % count == 0 && width % count == 0,
              () -> name + " needs sides that are multiples, got " + height + "×" + width);
          int h = height / count;
          int w = width / count;
          int from = order[y / h * count + x / w];
          return (from / count * h + y % h) * width + from % count * w + x % w;
        });
  }
}
