package io.github.diffusion4j.pipeline;

import io.github.diffusion4j.Conditioning;
import io.github.diffusion4j.Guidance;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.Tensors;
import io.github.diffusion4j.internal.Checks;
import java.util.List;

/**
 * What a technique knows of its request.
 *
 * @param prompts how the network is told prompts
 * @param guiding how it is guided
 * @param negative the prompt to lead away from
 * @param shape the shape of the images that are asked for
 * @param factor how many times as long as given small images the sides are, 1 without
 * @param besides what the network is told besides the prompt
 */
record Asked<P>(
    Prompts<P> prompts,
    Guiding guiding,
    P negative,
    Shape shape,
    int factor,
    Conditioning besides) {

  /** Classifier-free guidance towards a prompt. */
  Guidance guidance(P prompt) {
    return guidance(List.of(prompt));
  }

  /** Classifier-free guidance towards a prompt for each image; asks only for what it needs. */
  Guidance guidance(List<P> each) {
    Checks.require(
        each.size() == 1 || each.size() == shape.batch(),
        () ->
            "prompts must be one for all images or one for each of "
                + shape.batch()
                + ", got "
                + each.size());
    if (!guiding.asksPrompt()) {
      return Guidance.of(prompts.of(negative).and(besides));
    }
    Conditioning towards =
        Conditioning.concat(each.stream().map(prompts::of).toList()).and(besides);
    return guiding.asksNegative()
        ? guiding.between(towards, prompts.of(negative).and(besides))
        : Guidance.of(towards);
  }

  /** One image serves all that are asked for. */
  Tensor forEach(Tensor images) {
    Shape found = images.shape();
    Checks.require(
        found.rank() == 4
            && (found.batch() == 1 || found.batch() == shape.batch())
            && found.withBatch(shape.batch()).equals(shape),
        () -> "images must be " + shape + " or one for all, got " + found);
    return Tensors.repeat(images, shape.batch());
  }
}
