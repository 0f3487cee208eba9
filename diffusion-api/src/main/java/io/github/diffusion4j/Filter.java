package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.Objects;

/**
 * A linear map of images: what it keeps is one component of an image, what it leaves, {@link
 * #complement()}, the other.
 *
 * <p>Filters are pure values.
 */
@FunctionalInterface
public interface Filter {

  /**
   * The component of images.
   *
   * @param images {@code [batch, channels, height, width]}
   * @return the component, of the same shape
   * @throws IllegalArgumentException if this filter does not fit images of that size
   */
  Tensor apply(Tensor images);

  /**
   * The same filter for images whose sides are longer: the component that looks the same there.
   *
   * @param factor how many times as long, at least 1
   * @return the filter; this one where it looks at single pixels, or does not know of sizes
   */
  default Filter enlarged(int factor) {
    return this;
  }

  /**
   * What this filter leaves, {@code x − f(x)}.
   *
   * @return the other component: the two add up to the image
   */
  default Filter complement() {
    return new Filters.Complement(this);
  }

  /**
   * This filter after another.
   *
   * @param first the filter that comes first
   * @return {@code this(first(x))}
   */
  default Filter after(Filter first) {
    return new Filters.Chain(Objects.requireNonNull(first, "first"), this);
  }

  /**
   * Gaussian blur with a separable kernel, at the borders by reflection without the border pixel: a
   * low pass, and the course's classical denoising.
   *
   * <p>The weights are those of torchvision: {@code exp(−i²/(2σ²))} for {@code |i| ≤ (kernel −
   * 1)/2}, scaled to sum 1.
   *
   * @param kernel the number of taps along an axis, odd, in [1, 100,001]; half of it must be less
   *     than either side of the images
   * @param deviation σ in pixels, above 0
   * @return the filter
   * @throws IllegalArgumentException if a value is out of range
   */
  static Filter gaussianBlur(int kernel, double deviation) {
    return new GaussianBlur(Filters.checkTaps(kernel, "kernel"), Checks.positive(deviation, "σ"));
  }

  /**
   * Motion blur along the falling diagonal: the mean of {@code length} pixels, beyond the borders
   * 0.
   *
   * @param length the number of pixels, odd, in [1, 100,001]; visual_anagrams takes 7 for 64 pixels
   * @return the filter
   * @throws IllegalArgumentException if the length is out of range
   */
  static Filter motionBlur(int length) {
    return new Filters.MotionBlur(Filters.checkTaps(length, "length"));
  }

  /** The mean of an image's channels in each of them. Its complement is the colour alone. */
  static Filter grayscale() {
    return Filters.GRAYSCALE;
  }

  /**
   * Every value times a factor.
   *
   * @param factor finite; visual_anagrams takes 0.5
   * @return the filter
   * @throws IllegalArgumentException if the factor is not finite
   */
  static Filter scale(double factor) {
    return new Filters.Scale(Checks.finite(factor, "factor"));
  }
}
