package io.github.diffusion4j;

/**
 * Where a run's randomness comes from.
 *
 * <p>Sources of noise are immutable: the same source gives the same numbers to every run.
 */
@FunctionalInterface
public interface Noise {

  /**
   * The draws of one run, in order.
   *
   * @param shape the shape of every draw
   * @return the stream, for one thread
   */
  Stream stream(Shape shape);

  /**
   * Noise by a counter-based generator, with a seed of its own for each image: image i takes seed
   * {@code seed + i}.
   *
   * <p>Value j of draw k of an image depends on nothing but (seed of the image, k, j), so results
   * do not depend on how a batch is cut: images 20 to 39 of {@code perImage(0)} are images 0 to 19
   * of {@code perImage(20)}. The numbers are Philox4x32-10 (Salmon et al. 2011) through Box and
   * Muller's transform (1958) and are the same on every machine.
   *
   * @param seed the seed of the first image
   * @return the source
   */
  static Noise perImage(long seed) {
    return new PerImageNoise(seed);
  }

  /** The draws of one run. */
  @FunctionalInterface
  interface Stream {

    /** The next draw: independent standard normal numbers. */
    Tensor next();
  }
}
