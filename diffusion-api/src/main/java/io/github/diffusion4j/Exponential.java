package io.github.diffusion4j;

/**
 * The exact solution of the flow between two levels for a constant part, on which the exponential
 * integrators build: {@code x' = kept·x − size·(e^h − 1)·m}, where m is the clean images with h the
 * fall of λ, or the noise with h its rise (Lu et al. 2022a, equation 3.4; 2022b, equation 9).
 *
 * @param kept the factor of the images at the start
 * @param size a' for the clean images, s' for the noise
 * @param h the signed length of the step in λ
 */
record Exponential(double kept, double size, double h) {

  static Exponential between(NoiseLevel from, NoiseLevel to, boolean data) {
    double rise = to.lambda() - from.lambda();
    return data
        ? new Exponential(to.noise() / from.noise(), to.signal(), -rise)
        : new Exponential(to.signal() / from.signal(), to.noise(), rise);
  }

  /** What the method puts together: the clean images or the noise. */
  static Tensor part(Estimate estimate, boolean data) {
    return data ? estimate.clean() : estimate.noise();
  }
}
