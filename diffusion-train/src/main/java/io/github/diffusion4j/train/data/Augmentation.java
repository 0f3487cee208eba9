package io.github.diffusion4j.train.data;

import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.internal.Checks;
import java.util.function.BiFunction;
import java.util.random.RandomGenerator;

/**
 * A random change of images that makes others of their kind out of them.
 *
 * <p>What a network is trained on is what it learns to make: flipped letters come out of flipped
 * letters. Conditions of an image are told as they are, whatever has been done to the image.
 *
 * <p>Implementations are immutable and safe for use by several threads.
 */
public interface Augmentation {

  /**
   * Changes an image.
   *
   * @param image {@code [1, channels, height, width]}, values in [0, 1]
   * @param random the only randomness that may be used, so that a run can be repeated
   * @return an image of the same shape and range
   */
  Tensor apply(Tensor image, RandomGenerator random);

  /**
   * The name, which tells augmentations of different effect apart: it becomes part of {@link
   * Dataset#hash()}.
   *
   * @return a short name with its settings, such as "shifted by up to 2"
   */
  String name();

  /**
   * A change of one's own.
   *
   * @param name the {@link #name}
   * @param change makes an image of the same shape and range out of an image, as {@link #apply}
   *     says
   * @return the augmentation
   * @throws IllegalArgumentException if the name is blank
   */
  static Augmentation of(String name, BiFunction<Tensor, RandomGenerator, Tensor> change) {
    return new Augmentations.Own(name, change);
  }

  /**
   * Left and right exchanged, now and then.
   *
   * @param probability how often, in [0, 1]
   * @return torchvision's {@code RandomHorizontalFlip(probability)}
   * @throws IllegalArgumentException if the probability is out of range
   */
  static Augmentation flip(double probability) {
    return new Augmentations.Flip(Checks.inRange(0, 1, probability, "probability"));
  }

  /**
   * Shifted by whole pixels, each number of them as often, on either axis. What comes in from
   * beyond an edge is the edge's own pixels.
   *
   * @param most the greatest number of pixels, at least 1 and below height and width of the images
   * @return torchvision's {@code RandomCrop(size, padding=most, padding_mode="edge")}, which throws
   *     {@link IllegalArgumentException} on images that are too small
   * @throws IllegalArgumentException if the number is below 1
   */
  static Augmentation shift(int most) {
    return new Augmentations.Shift(Checks.atLeast(1, most, "shift"));
  }
}
