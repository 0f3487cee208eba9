package io.github.diffusion4j;

/**
 * MT19937 (Matsumoto and Nishimura 1998), seeded by one 32-bit number as in their reference code of
 * 2002, {@code init_genrand}.
 */
final class MersenneTwister {

  private static final int WORDS = 624;
  private static final int SHIFT = 397;

  private final int[] state = new int[WORDS];
  private int index = WORDS;

  /** A generator; only the low 32 bits of the seed count. */
  MersenneTwister(long seed) {
    state[0] = (int) seed;
    for (int i = 1; i < WORDS; i++) {
      state[i] = 1812433253 * (state[i - 1] ^ (state[i - 1] >>> 30)) + i;
    }
  }

  /** The next 32 random bits. */
  int next() {
    if (index == WORDS) {
      twist();
    }
    int y = state[index++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return y ^ (y >>> 18);
  }

  private void twist() {
    for (int i = 0; i < WORDS; i++) {
      int y = (state[i] & 0x80000000) | (state[(i + 1) % WORDS] & 0x7fffffff);
      state[i] = state[(i + SHIFT) % WORDS] ^ (y >>> 1) ^ (-(y & 1) & 0x9908b0df);
    }
    index = 0;
  }
}
