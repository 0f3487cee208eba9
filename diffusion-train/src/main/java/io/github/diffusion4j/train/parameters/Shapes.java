package io.github.diffusion4j.train.parameters;

import io.github.diffusion4j.internal.Checks;
import io.github.diffusion4j.train.net.Conv;
import io.github.diffusion4j.train.net.Ops;
import io.github.diffusion4j.train.parameters.Outline.Layer;
import io.github.diffusion4j.train.parameters.Outline.Parameter;
import io.github.diffusion4j.train.parameters.Outline.Role;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Computes shapes alone, checks them, and notes the layers and their parameters. */
final class Shapes implements Ops<List<Integer>> {

  private static final long MOST_VALUES = 1L << 28;
  private static final int MOST_FEATURES = 1 << 16;

  private final List<Parameter> parameters = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private final List<Layer> layers = new ArrayList<>();

  List<Parameter> parameters() {
    return List.copyOf(parameters);
  }

  List<Layer> layers() {
    return List.copyOf(layers);
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
        names.add(name), () -> "layers must have names of their own, got " + name + " twice");
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
  public List<Integer> groupNorm(String name, List<Integer> x, int channels, int groups) {
    checkName(name);
    Checks.atLeast(1, channels, "channels of " + name);
    Checks.atLeast(1, groups, "groups of " + name);
    Checks.require(
        channels % groups == 0,
        () -> name + " must have a multiple of " + groups + " groups as channels, got " + channels);
    check(name, "an image [batch, " + channels + ", height, width]", x, isImage(x, channels));
    long values = (long) channels / groups * x.get(2) * x.get(3);
    check(name, "an image of more than one value in each of " + groups + " groups", x, values > 1);
    int first = parameters.size();
    add(name + ".weight", Role.SCALE, channels, channels);
    add(name + ".bias", Role.SHIFT, channels, channels);
    return layer(name, first, x, Optional.empty());
  }

  @Override
  public List<Integer> linear(String name, List<Integer> x, int in, int out) {
    checkName(name);
    Checks.atLeast(1, in, "inputs of " + name);
    Checks.atLeast(1, out, "outputs of " + name);
    boolean isVector = x != null && x.size() == 2 && x.get(1) == in;
    check(
        name,
        "a vector [batch, " + in + "] or tokens [batch, number, " + in + "]",
        x,
        isVector || isTokens(x, in));
    int first = parameters.size();
    add(name + ".weight", Role.WEIGHT, in, out, in);
    add(name + ".bias", Role.BIAS, in, out);
    List<Integer> shape = isVector ? List.of(x.get(0), out) : List.of(x.get(0), x.get(1), out);
    return layer(name, first, shape, Optional.empty());
  }

  @Override
  public List<Integer> gelu(List<Integer> x) {
    return x;
  }

  @Override
  public List<Integer> silu(List<Integer> x) {
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
  public List<Integer> upsample(List<Integer> x, int size) {
    Checks.atLeast(1, size, "size of upsample");
    check("upsample", "an image", x, isImage(x));
    double pixels = (double) size * size * x.get(2) * x.get(3);
    check(
        "upsample",
        "an image that it makes one of at most 2²⁸ pixels of",
        x,
        pixels <= MOST_VALUES);
    List<Integer> larger = List.of(x.get(0), x.get(1), x.get(2) * size, x.get(3) * size);
    return layer("upsample", parameters.size(), larger, Optional.empty());
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
  public List<Integer> sinusoids(List<Integer> v, int features, double factor) {
    Checks.require(
        features > 0 && features % 2 == 0 && features <= MOST_FEATURES,
        () -> "features of sinusoids must be even and in [2, 65536], got " + features);
    Checks.inRange(-Float.MAX_VALUE, Float.MAX_VALUE, factor, "factor of sinusoids");
    check("sinusoids", "one number an image, [batch]", v, v != null && v.size() == 1);
    return List.of(v.get(0), features);
  }

  @Override
  public List<Integer> tokens(List<Integer> x) {
    check("tokens", "an image", x, isImage(x));
    return List.of(x.get(0), x.get(2) * x.get(3), x.get(1));
  }

  @Override
  public List<Integer> image(List<Integer> tokens, int height, int width) {
    Checks.atLeast(1, height, "height of image");
    Checks.atLeast(1, width, "width of image");
    long pixels = (long) height * width;
    boolean fits = tokens != null && tokens.size() == 3 && tokens.get(1) == pixels;
    check("image", "tokens [batch, " + pixels + ", channels]", tokens, fits);
    return List.of(tokens.get(0), tokens.get(2), height, width);
  }

  @Override
  public List<Integer> attention(
      List<Integer> queries, List<Integer> keys, List<Integer> values, int heads, int features) {
    Checks.atLeast(1, heads, "heads of attention");
    Checks.atLeast(1, features, "features of attention");
    long all = (long) heads * features;
    for (List<Integer> tokens : Arrays.asList(queries, keys, values)) {
      check("attention", "tokens [batch, number, " + all + "]", tokens, isTokens(tokens, all));
    }
    check("attention", "values of the shape of its keys " + keys, values, values.equals(keys));
    return layer("attention", parameters.size(), queries, Optional.empty());
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

  private static boolean isImage(List<Integer> x) {
    return x != null && x.size() == 4;
  }

  private static boolean isImage(List<Integer> x, int channels) {
    return isImage(x) && x.get(1) == channels;
  }

  private static boolean isPooled(List<Integer> x, int size) {
    return isImage(x) && Math.min(x.get(2), x.get(3)) >= size;
  }

  private static boolean isVectorOf(List<Integer> x, List<Integer> v) {
    return x.size() == 4 && v.size() == 2 && v.get(1).equals(x.get(1));
  }

  private static boolean isTokens(List<Integer> x, long features) {
    return x != null && x.size() == 3 && x.get(2) == features;
  }

  private static void check(String layer, String expected, List<Integer> found, boolean ok) {
    Checks.require(ok, () -> layer + " takes " + expected + ", got " + found);
  }
}
