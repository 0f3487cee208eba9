package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.Map;
import java.util.Objects;

/**
 * One question to a network: what are these images made of?
 *
 * @param x noisy images {@code [batch, channels, height, width]}
 * @param level their noise level
 * @param conditioning what the network is told besides
 */
public record Query(Tensor x, NoiseLevel level, Conditioning conditioning) {

  /**
   * Checks the shapes.
   *
   * @throws IllegalArgumentException if the images have not four axes, there is none, a value is
   *     not finite, or a conditioning tensor has neither one entry nor one for each image
   */
  public Query {
    Objects.requireNonNull(x, "x");
    Objects.requireNonNull(level, "level");
    Objects.requireNonNull(conditioning, "conditioning");
    Shape shape = x.shape();
    Checks.require(
        shape.rank() == 4 && shape.batch() > 0,
        () ->
            "images must be [batch, channels, height, width] with at least one image, got "
                + shape);
    Checks.require(x.isFinite(), () -> "images must be finite, got NaN or infinity");
    check(conditioning.globals(), shape.batch());
    check(conditioning.spatials(), shape.batch());
  }

  private static void check(Map<String, Tensor> inputs, int batch) {
    inputs.forEach(
        (name, tensor) -> {
          int entries = tensor.shape().batch();
          Checks.require(
              entries == 1 || entries == batch,
              () ->
                  "input "
                      + name
                      + " must have 1 entry or one for each of "
                      + batch
                      + " images, got "
                      + entries);
        });
  }
}
