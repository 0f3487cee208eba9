package io.github.diffusion4j.train.net;

import java.util.List;
import java.util.Map;

/**
 * The structure of a network: what it takes and what it computes, without parameters.
 *
 * <p>Implementations are immutable values. The tensors of a forward pass are for its thread, until
 * {@link #forward} returns.
 */
public interface Network {

  /**
   * The inputs, the noisy images first.
   *
   * @return at least one input
   */
  List<Input> inputs();

  /**
   * Computes the prediction, in training perhaps on another thread than its user's, which waits for
   * it within the trainer.
   *
   * @param ops who computes
   * @param inputs a tensor for each of {@link #inputs()}, by name
   * @param <T> the tensor of whoever computes
   * @return the prediction, of the shape of the noisy images
   */
  <T> T forward(Ops<T> ops, Map<String, T> inputs);

  /**
   * Everything that is needed to build this network again, under {@code network} the name of its
   * {@link NetworkFamily} if it has one.
   *
   * @return names and values that JSON keeps, in a fixed order
   */
  Map<String, Object> settings();
}
