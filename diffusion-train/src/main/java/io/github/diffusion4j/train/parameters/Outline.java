package io.github.diffusion4j.train.parameters;

import io.github.diffusion4j.internal.Checks;
import io.github.diffusion4j.train.net.Conv;
import io.github.diffusion4j.train.net.Input;
import io.github.diffusion4j.train.net.Network;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Reads off a network which parameters it has, without computing anything but shapes. */
public final class Outline {

  /** What a parameter is for, which decides how it starts. */
  public enum Role {
    /** The matrix of a linear layer or the kernel of a convolution. */
    WEIGHT,
    /** What is added after a matrix or kernel. */
    BIAS,
    /** The factor of a normalisation. */
    SCALE,
    /** What is added after a normalisation. */
    SHIFT,
    /** The running mean of a normalisation, not trained. */
    MEAN,
    /** The running variance of a normalisation, not trained. */
    VARIANCE
  }

  /**
   * A parameter.
   *
   * @param name its name
   * @param role what it is for
   * @param shape its shape
   * @param fanIn how many inputs reach one output, as PyTorch's initialisation counts them: the
   *     number of elements of {@code weight[0]}
   */
  public record Parameter(String name, Role role, List<Integer> shape, int fanIn) {

    /** Whether training changes it by its gradient. */
    public boolean isTrained() {
      return role != Role.MEAN && role != Role.VARIANCE;
    }

    /** The number of values. */
    public int elements() {
      return (int) values();
    }

    long values() {
      return shape.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
    }
  }

  /**
   * A layer with parameters, or one that pools, enlarges or attends.
   *
   * @param name its name
   * @param output the shape of what it gives for one image
   * @param trained the number of values that training changes
   * @param convolution its sizes, if it is a convolution
   */
  public record Layer(String name, List<Integer> output, long trained, Optional<Conv> convolution) {

    /** The number of values that it gives for one image. */
    public long values() {
      return output.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
    }
  }

  private Outline() {}

  /**
   * The parameters of a network, in the order in which it uses them.
   *
   * @param network the network
   * @return its parameters
   * @throws IllegalArgumentException if one has more than 2²⁸ values, or two have one name
   */
  public static List<Parameter> of(Network network) {
    return read(network).parameters();
  }

  /**
   * The layers of a network that have parameters, pool, enlarge or attend, in the order in which it
   * uses them.
   *
   * @param network the network
   * @return its layers
   * @throws IllegalArgumentException as {@link #of} does
   */
  public static List<Layer> layers(Network network) {
    return read(network).layers();
  }

  /**
   * The shape of what a network gives for one image.
   *
   * @param network the network
   * @return the shape, without the batch
   * @throws IllegalArgumentException as {@link #of} does
   */
  public static List<Integer> output(Network network) {
    List<Integer> shape = run(network, new Shapes());
    return shape.subList(1, shape.size());
  }

  /**
   * The number of values that the layers of a network give for one image, all together.
   *
   * @param network the network
   * @return the number, at least 1
   * @throws IllegalArgumentException as {@link #of} does
   */
  public static long values(Network network) {
    long all = layers(network).stream().mapToLong(Layer::values).sum();
    return Math.max(1, all);
  }

  private static Shapes read(Network network) {
    Shapes shapes = new Shapes();
    run(network, shapes);
    for (Input input : network.inputs()) {
      Checks.require(
          shapes.parameters().stream().noneMatch(p -> p.name().equals(input.name())),
          () ->
              "inputs and parameters must have names of their own, got " + input.name() + " twice");
    }
    return shapes;
  }

  private static List<Integer> run(Network network, Shapes shapes) {
    Map<String, List<Integer>> inputs = new LinkedHashMap<>();
    List<String> names = network.inputs().stream().map(Input::name).toList();
    Checks.require(
        names.indexOf(Input.SAMPLE) == 0 && Set.copyOf(names).size() == names.size(),
        () -> "inputs must be sample and then others, each of a name of its own, got " + names);
    for (Input input : network.inputs()) {
      inputs.put(input.name(), Stream.concat(Stream.of(1), input.shape().stream()).toList());
    }
    List<Integer> output = network.forward(shapes, inputs);
    Checks.require(output != null, () -> "forward must return a tensor, got null");
    return output;
  }
}
