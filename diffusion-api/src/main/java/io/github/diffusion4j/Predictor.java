package io.github.diffusion4j;

import java.util.Map;

/** The bare network behind a {@link Denoiser}. */
@FunctionalInterface
public interface Predictor {

  /**
   * Runs the network once.
   *
   * @param x the images {@code [batch, channels, height, width]}, input scale applied
   * @param times the network time of each image
   * @param inputs the conditioning tensors by name, each with one entry for each image
   * @return the prediction, of the shape of the images, or with twice the channels if the network
   *     has a learned variance, which then is the second half
   */
  Tensor predict(Tensor x, double[] times, Map<String, Tensor> inputs);

  /**
   * Runs the network once, unless it is stopped.
   *
   * @param x as above
   * @param times as above
   * @param inputs as above
   * @param cancellation stops it; a network that cannot stop looks at it before it begins
   * @return the prediction
   * @throws CancelledException if it was stopped
   */
  default Tensor predict(
      Tensor x, double[] times, Map<String, Tensor> inputs, Cancellation cancellation) {
    cancellation.check();
    return predict(x, times, inputs);
  }
}
