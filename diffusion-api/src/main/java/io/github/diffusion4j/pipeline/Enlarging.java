package io.github.diffusion4j.pipeline;

import io.github.diffusion4j.Conditioning;
import io.github.diffusion4j.Noise;
import io.github.diffusion4j.NoiseSchedule;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.Tensors;
import io.github.diffusion4j.image.Resize;
import io.github.diffusion4j.internal.Checks;
import java.util.Objects;

/**
 * Small images that are to be enlarged, which the network is told with noise (cascaded diffusion
 * with noise conditioning augmentation, Ho et al. 2022).
 *
 * <p>The network is told the small images at full size, bilinear with aligned corners, noised to a
 * level, by the spatial input {@link #IMAGE}, and the level by the global input {@link #LEVEL}.
 *
 * @param small clean images {@code [1 or batch, channels, height, width]}
 * @param position the level's position on the schedule
 * @param schedule the schedule of that noise
 */
public record Enlarging(Tensor small, int position, NoiseSchedule schedule) {

  /** The name of the spatial input. */
  public static final String IMAGE = "low_res";

  /** The name of the global input. */
  public static final String LEVEL = "class_labels";

  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException if the schedule has no such position, or the images have not
   *     four axes or a value that is not finite
   */
  public Enlarging {
    schedule.at(position);
    Checks.require(
        small.shape().elements() > 0, () -> "small images must not be empty, got " + small.shape());
    Objects.requireNonNull(Conditioning.none().spatial(IMAGE, small));
  }

  /** How many times as long the sides become. */
  int factor(Shape shape) {
    return (int) Math.round((double) shape.size(2) / small.shape().size(2));
  }

  /** What the network is told of the small images, for images of a shape. */
  Conditioning told(Shape shape, Noise noise) {
    Shape from = small.shape();
    Checks.require(
        (from.batch() == 1 || from.batch() == shape.batch())
            && from.size(1) == shape.size(1)
            && from.size(2) <= shape.size(2)
            && (long) from.size(2) * shape.size(3) == (long) from.size(3) * shape.size(2),
        () ->
            "small images must be one or one for each of "
                + shape
                + ", no larger and of the same proportions, got "
                + from);
    Tensor large = Resize.bilinear(small, shape.size(2), shape.size(3));
    Tensor each = Tensors.repeat(large, shape.batch());
    Noise.Stream draws = noise.stream(shape);
    draws.next();
    return Conditioning.none()
        .spatial(IMAGE, schedule.at(position).mix(each, draws.next()))
        .global(LEVEL, Tensor.of(Shape.of(1), position));
  }
}
