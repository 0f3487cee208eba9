package io.github.diffusion4j.train.net;

import io.github.diffusion4j.internal.Checks;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One input of a network.
 *
 * @param name its name, also in an exported graph
 * @param shape its shape for one image, without the batch: {@code [C, H, W]} for an image, {@code
 *     [F]} for a vector, {@code [N, F]} for tokens, empty for a number
 */
public record Input(String name, List<Integer> shape) {

  private static final int MOST = 1 << 28;

  /** The name of an exported graph's output, which no input has. */
  public static final String OUTPUT = "out_sample";

  /** The name of the input that takes the noisy images. */
  public static final String SAMPLE = "sample";

  /** The name of the input that takes the network time. */
  public static final String TIME = "timestep";

  /** The name of the input that takes the class, one-hot; zeros mean no class. */
  public static final String CLASS = "class";

  /**
   * The name of the input that takes the tokens of a text, {@code [N, F]}, such as the states of a
   * text encoder; it is that of diffusers' exports. Zeros mean no text, where diffusers' models
   * take the states of an empty one.
   */
  public static final String TEXT = "encoder_hidden_states";

  /**
   * The tensor of an input.
   *
   * @param inputs tensors by name
   * @param name the input's name
   * @param <T> the tensor
   * @return the tensor
   * @throws IllegalArgumentException if there is none of that name
   */
  public static <T> T of(Map<String, T> inputs, String name) {
    T tensor = inputs.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("input " + name + " is missing, got " + inputs.keySet());
    }
    return tensor;
  }

  /**
   * Checks name and shape.
   *
   * @throws IllegalArgumentException if the name is blank, has a slash or is {@code out_sample}, as
   *     other values of an exported graph do, or an axis is shorter than 1, or there are more than
   *     2²⁸ values
   */
  public Input {
    Objects.requireNonNull(name, "name");
    Checks.require(!name.isBlank(), () -> "the name of an input must not be blank");
    Checks.require(
        !name.contains("/") && !name.equals(OUTPUT),
        () -> "the name of an input must have no slash and not be " + OUTPUT + ", got " + name);
    shape = List.copyOf(Objects.requireNonNull(shape, "shape"));
    long values = 1;
    for (int length : shape) {
      values *= Checks.atLeast(1, length, "axes of input " + name);
      Checks.require(values <= MOST, () -> "input " + name + " must have at most 2²⁸ values");
    }
  }

  /** The number of values for one image. */
  public int elements() {
    return shape.stream().reduce(1, (a, b) -> a * b);
  }
}
