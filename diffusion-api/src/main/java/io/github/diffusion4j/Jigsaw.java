package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;

/**
 * A jigsaw puzzle of 4×4 pieces with round tabs.
 *
 * <p>The pieces are laid out so that turning the puzzle by 90° clockwise takes each piece of a kind
 * to the next one, and so that the two pieces along an edge have the same outline:
 *
 * <pre>
 * c0 e0 f0 c1
 * f3 i0 i1 e1
 * e3 i3 i2 f1
 * c3 f2 e2 c2
 * </pre>
 */
final class Jigsaw {

  private static final String[][] LAYOUT = {
    {"c0", "e0", "f0", "c1"},
    {"f3", "i0", "i1", "e1"},
    {"e3", "i3", "i2", "f1"},
    {"c3", "f2", "e2", "c2"}
  };

  /** Reach of a tab, as a share of a piece's side. */
  private static final double TAB = 0.2;

  private final int[] corners;
  private final int[] inner;
  private final int[] firstEdges;
  private final int[] secondEdges;
  private final long[] swaps;

  private Jigsaw(TorchGenerator random) {
    corners = random.randperm(4);
    inner = random.randperm(4);
    firstEdges = random.randperm(4);
    secondEdges = random.randperm(4);
    swaps = random.randint(0, 2, 4);
  }

  static View view(long seed) {
    String name = "jigsaw(" + seed + ")";
    return new Rearrangement(
        name,
        (height, width) -> {
          Rearrangement.checkSquare(name, height, width);
          Checks.require(
              height >= 16 && height % 4 == 0,
              () -> name + " needs a side of at least 16, a multiple of 4, got " + height);
          return new Jigsaw(TorchGenerator.seeded(seed)).sources(height);
        });
  }

  private int[] sources(int n) {
    int[] from = new int[n * n];
    for (int y = 0; y < n; y++) {
      for (int x = 0; x < n; x++) {
        from[y * n + x] = source(y, x, n);
      }
    }
    return from;
  }

  /** Where the pixel lies that is seen here: its piece is turned, then perhaps shifted. */
  private int source(int y, int x, int n) {
    String piece = piece(y, x, n);
    int place = piece.charAt(1) - '0';
    int other =
        switch (piece.charAt(0)) {
          case 'c' -> corners[place];
          case 'i' -> inner[place];
          case 'e' -> firstEdges[place];
          default -> secondEdges[place];
        };
    int row = y;
    int column = x;
    for (int turn = place; turn % 4 != other; turn++) {
      int turned = row;
      row = column;
      column = n - 1 - turned;
    }
    if ((piece.charAt(0) == 'e' || piece.charAt(0) == 'f') && swaps[other] == 1) {
      // Along the top an e lies left of its f, along the right side above it, and so on round.
      int shift = (piece.charAt(0) == 'e' ? 1 : -1) * (other < 2 ? 1 : -1) * (n / 4);
      return other % 2 == 0 ? row * n + column + shift : (row + shift) * n + column;
    }
    return row * n + column;
  }

  private static String piece(int y, int x, int n) {
    double side = n / 4.0;
    double v = (y + 0.5) / side;
    double u = (x + 0.5) / side;
    int row = (int) v;
    int column = (int) u;
    for (int k = 0; k < 4; k++) {
      int dy = new int[] {0, 0, 1, -1}[k];
      int dx = new int[] {1, -1, 0, 0}[k];
      int r = row + dy;
      int c = column + dx;
      if (r >= 0 && r < 4 && c >= 0 && c < 4 && reaches(r, c, -dy, -dx, v, u)) {
        return LAYOUT[r][c];
      }
    }
    return LAYOUT[row][column];
  }

  /** Whether a piece has a tab in this direction that covers the point. */
  private static boolean reaches(int row, int column, int dy, int dx, double v, double u) {
    if (!hasTab(row, column, dy, dx)) {
      return false;
    }
    double tabV = row + 0.5 + dy * 0.6;
    double tabU = column + 0.5 + dx * 0.6;
    return Math.hypot(v - tabV, u - tabU) < TAB;
  }

  /** Tabs point right in the top row, from the border inwards, and as turning demands elsewhere. */
  private static boolean hasTab(int row, int column, int dy, int dx) {
    int r = row;
    int c = column;
    int y = dy;
    int x = dx;
    for (int turn = 0; turn < 4; turn++) {
      boolean alongTop = r == 0 && c < 3 && y == 0 && x == 1;
      boolean inwards = r == 0 && (c == 1 || c == 2) && y == 1;
      boolean round = r == 1 && c == 1 && y == 0 && x == 1;
      if (alongTop || inwards || round) {
        return true;
      }
      int turnedRow = c;
      c = 3 - r;
      r = turnedRow;
      int turnedY = x;
      x = -y;
      y = turnedY;
    }
    return false;
  }
}
