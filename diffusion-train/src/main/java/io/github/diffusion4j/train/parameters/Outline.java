package io.github.diffusion4j.train.parameters;

import io.github.diffusion4j.internal.Checks;
import io.github.diffusion4j.train.net.Conv;
import io.github.diffusion4j.train.net.Input;
import io.github.diffusion4j.train.net.Network;
import io.github.diffusion4j.train.net.Ops;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Reads off a network which parameters it has, without computing anything but shapes. */
public final class Outline implements Ops<List<Integer>> {

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

    private long values() {
      return shape.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
    }
  }

  /**
   * A layer with parameters, or one that pools.
   *
   * @param name its name
   * @param output the shape of what it gives for one image
   * @param trained the number of values that training changes
   * @param convolution its sizes, if it is one
   */
  public record Layer(
      String name, List<Integer> output, long trained, Optional<Conv> convolution) {}

  private static final long MOST_VALUES = 1L << 28;

  private final List<Parameter> parameters = new ArrayList<>();
  private final List<Layer> layers = new ArrayList<>();
  private List<Integer> output = List.of();

  private Outline() {}

  /**
   * The parameters of a network, in the order in which it uses them.
   *
   * @param network the network
   * @return its parameters
   * @throws IllegalArgumentException if one has more than 2²⁸ values, or two have one name
   */
  public static List<Parameter> of(Network network) {
    return List.copyOf(read(network).parameters);
  }

  /**
   * The layers of a network that have parameters, or pool, in the order in which it uses them.
   *
   * @param network the network
   * @return its layers
   * @throws IllegalArgumentException as {@link #of} does
   */
  public static List<Layer> layers(Network network) {
    return List.copyOf(read(network).layers);
  }

  /**
   * The shape of what a network gives for one image.
   *
   * @param network the network
   * @return the shape, without the batch
   * @throws IllegalArgumentException as {@link #of} does
   */
  public static List<Integer> output(Network network) {
    List<Integer> shape = read(network).output;
    return shape.subList(1, shape.size());
  }

  private static Outline read(Network network) {
    Outline outline = new Outline();
    Map<String, List<Integer>> inputs = new LinkedHashMap<>();
    List<String> names = network.inputs().stream().map(Input::name).toList();
    Checks.require(
        names.indexOf(Input.SAMPLE) == 0 && Set.copyOf(names).size() == names.size(),
        () -> "inputs must be sample and then others, each of a name of its own, got " + names);
    for (Input input : network.inputs()) {
      inputs.put(input.name(), Stream.concat(Stream.of(1), input.shape().stream()).toList());
    }
    outline.output = network.forward(outline, inputs);
    Checks.require(outline.output != null, () -> "forward must return a tensor, got null");
    return outline;
  }

  private List<Integer> layer(
      String name, int firstParameter, List<Integer> shape, Optional<Conv> convolution) {
    long trained =
        parameters.stream()
            .skip(firstParameter)
            .filter(Parameter::isTrained)
            .mapToLong(Parameter::values)
            .sum();
    layers.add(new Layer(name, shape.subList(1, shape.size()), trained, convolution));
    return shape;
  }

  private static void checkName(String name) {
    Checks.require(
        name != null && !name.isBlank(),
        () ->
            "layers must have names that are not blank, got "
                + (name == null ? "null" : "\"" + name + "\""));
  }

  private void add(String name, Role role, int fanIn, Integer... shape) {
    Parameter parameter = new Parameter(name, role, List.of(shape), fanIn);
    Checks.require(
        parameter.values() <= MOST_VALUES,
        () -> "a parameter has at most 268435456 values, got " + name + " " + parameter.shape());
    Checks.require(
        parameters.stream().noneMatch(known -> known.name().equals(name)),
        () -> "layers must have names of their own, got " + name + " twice");
    parameters.add(parameter);
  }

  @Override
  public List<Integer> conv(String name, List<Integer> x, Conv layer) {
    int first = parameters.size();
    return layer(name, first, convolved(name, x, layer), Optional.of(layer));
  }

  private List<Integer> convolved(String name, List<Integer> x, Conv layer) {
    checkName(name);
    check(name, "an image [batch, " + layer.in() + ", height, width]", x, isImage(x, layer.in()));
    int k = layer.kernel();
    int rows = layer.transposed() ? layer.in() : layer.out();
    int columns = layer.transposed() ? layer.out() : layer.in();
    int fanIn = columns * k * k;
    add(name + ".weight", Role.WEIGHT, fanIn, rows, columns, k, k);
    add(name + ".bias", Role.BIAS, fanIn, layer.out());
    int height = layer.sideAfter(x.get(2));
    int width = layer.sideAfter(x.get(3));
    check(name, "an image that its kernel fits on", x, height > 0 && width > 0);
    long pixels = (long) height * width;
    check(name, "an image that it makes one of at most 2²⁸ pixels of", x, pixels <= MOST_VALUES);
    return List.of(x.get(0), layer.out(), height, width);
  }

  @Override
  public List<Integer> convNorm(String name, List<Integer> x, Conv layer) {
    checkName(name);
    int first = parameters.size();
    List<Integer> shape = convolved(name + ".conv", x, layer);
    int features = layer.out();
    add(name + ".norm.weight", Role.SCALE, features, features);
    add(name + ".norm.bias", Role.SHIFT, features, features);
    add(name + ".norm.running_mean", Role.MEAN, features, features);
    add(name + ".norm.running_var", Role.VARIANCE, features, features);
    return layer(name, first, shape, Optional.of(layer));
  }

  @Override
  public List<Integer> linear(String name, List<Integer> x, int in, int out) {
    checkName(name);
    Checks.atLeast(1, in, "inputs of " + name);
    Checks.atLeast(1, out, "outputs of " + name);
    check(name, "a vector [batch, " + in + "]", x, x != null && x.size() == 2 && x.get(1) == in);
    int first = parameters.size();
    add(name + ".weight", Role.WEIGHT, in, out, in);
    add(name + ".bias", Role.BIAS, in, out);
    return layer(name, first, List.of(x.get(0), out), Optional.empty());
  }

  @Override
  public List<Integer> gelu(List<Integer> x) {
    return x;
  }

  @Override
  public List<Integer> averagePool(List<Integer> x, int size) {
    Checks.atLeast(1, size, "size of averagePool");
    check("averagePool", "an image of sides of at least " + size, x, isPooled(x, size));
    List<Integer> pooled = List.of(x.get(0), x.get(1), x.get(2) / size, x.get(3) / size);
    return layer("averagePool", parameters.size(), pooled, Optional.empty());
  }

  @Override
  public List<Integer> concat(List<Integer> a, List<Integer> b) {
    List<Integer> joined = new ArrayList<>(a);
    boolean fits = a.size() > 1 && a.size() == b.size();
    if (fits) {
      joined.set(1, b.get(1));
    }
    check("concat", a + " and the same with other channels", b, fits && joined.equals(b));
    joined.set(1, a.get(1) + b.get(1));
    return List.copyOf(joined);
  }

  @Override
  public List<Integer> add(List<Integer> a, List<Integer> b) {
    check("add", "another of shape " + a, b, a.equals(b));
    return a;
  }

  @Override
  public List<Integer> column(List<Integer> v) {
    check("column", "one number an image, [batch]", v, v.size() == 1);
    return List.of(v.get(0), 1);
  }

  @Override
  public List<Integer> addVector(List<Integer> x, List<Integer> v) {
    check("addVector", "a vector of the features of " + x, v, isVectorOf(x, v));
    return x;
  }

  @Override
  public List<Integer> multiplyVector(List<Integer> x, List<Integer> v) {
    check("multiplyVector", "a vector of the features of " + x, v, isVectorOf(x, v));
    return x;
  }

  private static boolean isImage(List<Integer> x, int channels) {
    return x != null && x.size() == 4 && x.get(1) == channels;
  }

  private static boolean isPooled(List<Integer> x, int size) {
    return x != null && x.size() == 4 && Math.min(x.get(2), x.get(3)) >= size;
  }

  private static boolean isVectorOf(List<Integer> x, List<Integer> v) {
    return x.size() == 4 && v.size() == 2 && v.get(1).equals(x.get(1));
  }

  private static void check(String layer, String expected, List<Integer> found, boolean ok) {
    Checks.require(ok, () -> layer + " takes " + expected + ", got " + found);
  }
}
