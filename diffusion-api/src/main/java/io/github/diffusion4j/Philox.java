package io.github.diffusion4j;

/**
 * The counter-based generator Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011, "Parallel random
 * numbers: as easy as 1, 2, 3").
 */
final class Philox {

  private static final int ROUNDS = 10;
  private static final long MULTIPLIER_0 = 0xD2511F53L;
  private static final long MULTIPLIER_1 = 0xCD9E8D57L;
  private static final int WEYL_0 = 0x9E3779B9;
  private static final int WEYL_1 = 0xBB67AE85;
  private static final long UNSIGNED = 0xFFFFFFFFL;

  private Philox() {}

  /** Replaces the counter's four words by four random ones. */
  static void scramble(int[] counter, long key) {
    int key0 = (int) key;
    int key1 = (int) (key >>> 32);
    for (int round = 0; round < ROUNDS; round++) {
      long product0 = MULTIPLIER_0 * (counter[0] & UNSIGNED);
      long product1 = MULTIPLIER_1 * (counter[2] & UNSIGNED);
      counter[0] = (int) (product1 >>> 32) ^ counter[1] ^ key0;
      counter[1] = (int) product1;
      counter[2] = (int) (product0 >>> 32) ^ counter[3] ^ key1;
      counter[3] = (int) product0;
      key0 += WEYL_0;
      key1 += WEYL_1;
    }
  }

  /**
   * Standard normal numbers: four of each counter, in pairs by Box and Muller's transform.
   *
   * @param key the seed
   * @param series which series of draws
   * @param draw which draw of this seed and series
   * @param into where to
   * @param offset the index of the first
   * @param count how many
   */
  static void normals(long key, int series, int draw, float[] into, int offset, int count) {
    int[] words = new int[4];
    for (int i = 0; i < count; i += 4) {
      words[0] = i / 4;
      words[1] = draw;
      words[2] = series;
      words[3] = 0;
      scramble(words, key);
      for (int pair = 0; pair < 4 && i + pair < count; pair += 2) {
        double radius = Math.sqrt(-2 * Elementary.log(unit(words[pair])));
        double angle = 2 * Math.PI * unit(words[pair + 1]);
        into[offset + i + pair] = (float) (radius * Elementary.cos(angle));
        if (i + pair + 1 < count) {
          into[offset + i + pair + 1] = (float) (radius * Elementary.sin(angle));
        }
      }
    }
  }

  /** A number in (0, 1), never an end. */
  private static double unit(int word) {
    return ((word & UNSIGNED) + 0.5) * 0x1p-32;
  }
}
