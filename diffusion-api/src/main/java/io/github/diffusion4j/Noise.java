package io.github.diffusion4j;

/**
 * Where a run's randomness comes from. A request takes {@link #perImage} if it does not say
 * otherwise.
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

  /**
   * Noise by one {@link TorchGenerator} for the whole batch: what diffusers draws on the processor
   * with {@code generator=torch.Generator().manual_seed(seed)}, to 2e-6. So the same seed gives the
   * same images; but an image depends on the size of its batch.
   *
   * @param seed the seed, of which PyTorch uses the low 32 bits
   * @return the source
   */
  static Noise torch(long seed) {
    return new TorchNoise(seed, false);
  }

  /**
   * Noise by one {@link TorchGenerator} for each image, of which image i takes seed {@code seed +
   * i}: what diffusers draws with a list of generators. An image does not depend on the batch
   * around it.
   *
   * @param seed the seed of the first image
   * @return the source
   */
  static Noise torchPerImage(long seed) {
    return new TorchNoise(seed, true);
  }

  /** The draws of one run. */
  @FunctionalInterface
  interface Stream {

    /** The next draw: independent standard normal numbers. */
    Tensor next();

    /**
     * The next draw for something beside the scheduler, such as the noise of an image that is
     * pasted. By PyTorch's generator it is the next draw of all; a counter-based source has a
     * series of its own for these, so that the scheduler's draws are the same with them and
     * without.
     *
     * @return independent standard normal numbers
     */
    default Tensor aside() {
      return next();
    }
  }
}
