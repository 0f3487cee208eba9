package io.github.diffusion4j.pipeline;

import io.github.diffusion4j.Conditioning;
import io.github.diffusion4j.Guidance;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.Tensors;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * What a technique knows of its request.
 *
 * @param prompts how the network is told prompts
 * @param scale γ of classifier-free guidance
 * @param negative the prompt to lead away from
 * @param shape the shape of the images that are asked for
 * @param factor how many times as long as given small images the sides are, 1 without
 * @param besides adds what the network is told besides
 */
record Asked<P>(
    Prompts<P> prompts,
    double scale,
    P negative,
    Shape shape,
    int factor,
    UnaryOperator<Conditioning> besides) {

  /** Classifier-free guidance towards a prompt. */
  Guidance guidance(P prompt) {
    return guidance(List.of(prompt));
  }

  /** Classifier-free guidance towards a prompt for each image. */
  Guidance guidance(List<P> each) {
    Conditioning towards = Conditioning.concat(each.stream().map(prompts::of).toList());
    return Guidance.classifierFree(
        scale, besides.apply(towards), besides.apply(prompts.of(negative)));
  }

  /** One image serves all that are asked for. */
  Tensor forEach(Tensor image) {
    int count = shape.batch();
    return image.shape().batch() == 1 && count > 1
        ? Tensors.concat(Collections.nCopies(count, image))
        : image;
  }
}
