package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;

/**
 * How much of an image is left: at this level it is {@code x = signal·clean + noise·ε}, with ε from
 * a standard normal distribution.
 *
 * <p>The two factors are all that tells the families apart: (√ᾱ, √(1−ᾱ)) for DDPM, (1−t, t) for
 * rectified flow, (1, σ) for EDM.
 *
 * @param signal the factor a of the clean image, at least 0
 * @param noise the factor s of the noise, at least 0; not both are 0
 * @param time what the network is told about the level, by the clock of the schedule that the level
 *     is of; a model of another clock is told its own time by the loop
 * @param inputScale the factor on the network's image input, above 0
 */
public record NoiseLevel(double signal, double noise, double time, double inputScale) {

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if a value is out of range
   */
  public NoiseLevel {
    Checks.require(
        signal >= 0 && noise >= 0 && signal + noise > 0 && Double.isFinite(signal + noise),
        () ->
            "signal and noise must be finite, at least 0 and not both 0, got "
                + signal
                + " and "
                + noise);
    Checks.finite(time, "network time");
    Checks.require(
        inputScale > 0 && Double.isFinite(inputScale),
        () -> "input scale must be finite and above 0, got " + inputScale);
  }

  /**
   * A level whose network sees the image as it is.
   *
   * @param signal the factor of the clean image, at least 0
   * @param noise the factor of the noise, at least 0; not both are 0
   * @param time what the network is told
   * @return the level
   * @throws IllegalArgumentException if a value is out of range
   */
  public static NoiseLevel of(double signal, double noise, double time) {
    return new NoiseLevel(signal, noise, time, 1);
  }

  /**
   * The forward process: {@code signal·clean + noise·ε}.
   *
   * @param clean clean images
   * @param noise noise of the same shape
   * @return images of this level
   * @throws IllegalArgumentException if the shapes differ
   */
  public Tensor mix(Tensor clean, Tensor noise) {
    return Tensors.mix(signal, clean, this.noise, noise);
  }

  /**
   * Half the logarithm of the signal-to-noise ratio, {@code λ = ln(signal/noise)}.
   *
   * @return λ, infinite at an end without noise or without signal
   */
  public double lambda() {
    return Math.log(signal) - Math.log(noise);
  }
}
