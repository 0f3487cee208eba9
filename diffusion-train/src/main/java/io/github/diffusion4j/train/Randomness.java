package io.github.diffusion4j.train;

import java.util.SplittableRandom;

/**
 * The random numbers of a run, each a function of the seed and of where in the run they are used,
 * so that a run goes on from a checkpoint as if it had never stopped.
 */
final class Randomness {

  private static final int ORDER = 1;
  private static final int STEP = 2;
  private static final int NOISE = 3;
  private static final int VALIDATION = 4;
  private static final int AUGMENTATION = 5;

  private Randomness() {}

  /** The order of the images in an epoch: a shuffle by Fisher and Yates. */
  static int[] order(long seed, int epoch, int count) {
    SplittableRandom random = new SplittableRandom(mix(seed, ORDER, epoch));
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  /** For the positions and the dropout of a step. */
  static SplittableRandom ofStep(long seed, long step) {
    return new SplittableRandom(mix(seed, STEP, step));
  }

  /** For the augmentation of a step's images, to be split for each. */
  static SplittableRandom ofAugmentation(long seed, long step) {
    return new SplittableRandom(mix(seed, AUGMENTATION, step));
  }

  /** The seed of a step's noise. */
  static long noiseSeed(long seed, long step) {
    return mix(seed, NOISE, step);
  }

  /** The seed of all draws on images that are not trained on. */
  static long validationSeed(long seed) {
    return mix(seed, VALIDATION, 0);
  }

  private static long mix(long seed, int use, long where) {
    return scramble(scramble(scramble(seed) + use) + where);
  }

  /** SplitMix64's finaliser (Steele, Lea and Flood 2014). */
  private static long scramble(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
