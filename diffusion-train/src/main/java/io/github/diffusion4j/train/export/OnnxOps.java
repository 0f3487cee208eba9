package io.github.diffusion4j.train.export;

import io.github.diffusion4j.train.net.Conv;
import io.github.diffusion4j.train.net.Ops;
import io.github.diffusion4j.train.parameters.Sinusoids;
import java.util.Arrays;
import java.util.List;

/**
 * Writes a network down as ONNX nodes: what is computed with are names of values.
 *
 * <p>Each batch normalisation is folded into the convolution before it, as it stands in inference:
 * with {@code s = γ/√(var + ε)}, the weight becomes {@code w·s} and the bias {@code (b − mean)·s +
 * β}, in double.
 */
final class OnnxOps implements Ops<String> {

  private static final double NORM_EPSILON = 1e-5;

  private final Graph graph;
  private final Parameters parameters;

  OnnxOps(Graph graph, Parameters parameters) {
    this.graph = graph;
    this.parameters = parameters;
  }

  @Override
  public String conv(String name, String x, Conv layer) {
    String weight = parameter(name + ".weight", weightSizes(layer));
    String bias = parameter(name + ".bias", List.of((long) layer.out()));
    return convolve(name, layer, x, weight, bias);
  }

  @Override
  public String convNorm(String name, String x, Conv layer) {
    List<Long> features = List.of((long) layer.out());
    String weight = name + ".conv.weight";
    String bias = name + ".conv.bias";
    graph.parameter(weight, weightSizes(layer), () -> foldedWeight(name, layer));
    graph.parameter(bias, features, () -> foldedBias(name, features));
    return convolve(name, layer, x, weight, bias);
  }

  private float[] foldedWeight(String name, Conv layer) {
    float[] weight = values(name + ".conv.weight", weightSizes(layer));
    double[] scale = scale(name, List.of((long) layer.out()));
    float[] folded = new float[weight.length];
    int square = layer.kernel() * layer.kernel();
    for (int i = 0; i < weight.length; i++) {
      int out = layer.transposed() ? i / square % layer.out() : i / square / layer.in();
      folded[i] = (float) (weight[i] * scale[out]);
    }
    return folded;
  }

  private float[] foldedBias(String name, List<Long> features) {
    float[] bias = values(name + ".conv.bias", features);
    float[] mean = values(name + ".norm.running_mean", features);
    float[] shift = values(name + ".norm.bias", features);
    double[] scale = scale(name, features);
    float[] folded = new float[bias.length];
    for (int i = 0; i < bias.length; i++) {
      folded[i] = (float) (((double) bias[i] - mean[i]) * scale[i] + shift[i]);
    }
    return folded;
  }

  private double[] scale(String name, List<Long> features) {
    float[] factor = values(name + ".norm.weight", features);
    float[] variance = values(name + ".norm.running_var", features);
    double[] scale = new double[factor.length];
    for (int i = 0; i < scale.length; i++) {
      scale[i] = factor[i] / Math.sqrt(variance[i] + NORM_EPSILON);
    }
    return scale;
  }

  private String convolve(String name, Conv layer, String x, String weight, String bias) {
    long kernel = layer.kernel();
    long stride = layer.stride();
    long padding = layer.padding();
    return graph.node(
        name,
        layer.transposed() ? "ConvTranspose" : "Conv",
        List.of(x, weight, bias),
        Graph.attribute("kernel_shape", List.of(kernel, kernel)),
        Graph.attribute("strides", List.of(stride, stride)),
        Graph.attribute("pads", List.of(padding, padding, padding, padding)));
  }

  /** As an instance normalisation of the groups: GroupNormalization would need version 18. */
  @Override
  public String groupNorm(String name, String x, int channels, int groups) {
    String ones = graph.numbers("ones." + groups, filled(groups, 1));
    String zeros = graph.numbers("zeros." + groups, filled(groups, 0));
    String grouped =
        graph.node(
            name + ".groups",
            "InstanceNormalization",
            List.of(reshape(x, 0, groups, -1), ones, zeros),
            Graph.attribute("epsilon", (float) NORM_EPSILON));
    String shape = graph.node(name + ".shape", "Shape", List.of(x));
    String y = graph.node(name + ".channels", "Reshape", List.of(grouped, shape));
    String scaled =
        graph.node(name + ".scaled", "Mul", List.of(y, pixels(name + ".weight", channels)));
    return graph.node(name, "Add", List.of(scaled, pixels(name + ".bias", channels)));
  }

  /** A parameter {@code [C]} as {@code [C, 1, 1]}. */
  private String pixels(String name, int channels) {
    String vector = parameter(name, List.of((long) channels));
    return graph.node(
        "pixels", "Unsqueeze", List.of(vector, graph.integers("axes.parameter", 1, 2)));
  }

  private static double[] filled(int count, double value) {
    double[] values = new double[count];
    Arrays.fill(values, value);
    return values;
  }

  @Override
  public String linear(String name, String x, int in, int out) {
    String weight = parameter(name + ".weight", List.of((long) out, (long) in));
    String bias = parameter(name + ".bias", List.of((long) out));
    // Gemm would take no tokens; ONNX Runtime makes it of these where it can.
    String product = graph.node(name + ".product", "MatMul", List.of(x, transpose(weight, 1, 0)));
    return graph.node(name, "Add", List.of(product, bias));
  }

  /**
   * {@code x·(1 + erf(x/√2))·½}: in this order, ONNX Runtime recognises it and runs one kernel.
   *
   * <p>The operator Gelu would need version 20 of the operator set.
   */
  @Override
  public String gelu(String x) {
    String root = graph.scalar("gelu.root2", (float) Math.sqrt(2));
    String ratio = graph.node("gelu.ratio", "Div", List.of(x, root));
    String erf = graph.node("gelu.erf", "Erf", List.of(ratio));
    String sum = graph.node("gelu.sum", "Add", List.of(erf, graph.scalar("gelu.one", 1f)));
    String product = graph.node("gelu.product", "Mul", List.of(x, sum));
    return graph.node("gelu", "Mul", List.of(product, graph.scalar("gelu.half", 0.5f)));
  }

  @Override
  public String silu(String x) {
    return graph.node("silu", "Mul", List.of(x, graph.node("silu.sigmoid", "Sigmoid", List.of(x))));
  }

  @Override
  public String averagePool(String x, int size) {
    List<Long> square = List.of((long) size, (long) size);
    return graph.node(
        "pool",
        "AveragePool",
        List.of(x),
        Graph.attribute("kernel_shape", square),
        Graph.attribute("strides", square));
  }

  @Override
  public String upsample(String x, int size) {
    String scales = graph.numbers("scales." + size, 1, 1, size, size);
    return graph.node(
        "upsample",
        "Resize",
        List.of(x, "", scales),
        Graph.attribute("mode", "nearest"),
        Graph.attribute("nearest_mode", "floor"),
        Graph.attribute("coordinate_transformation_mode", "asymmetric"));
  }

  @Override
  public String concat(String a, String b) {
    return graph.node("concat", "Concat", List.of(a, b), Graph.attribute("axis", 1));
  }

  @Override
  public String add(String a, String b) {
    return graph.node("add", "Add", List.of(a, b));
  }

  @Override
  public String column(String v) {
    return graph.node("column", "Unsqueeze", List.of(v, graph.integers("axes.column", 1)));
  }

  @Override
  public String sinusoids(String v, int features, double factor) {
    String frequencies =
        graph.numbers(
            "frequencies." + features + "." + factor, Sinusoids.frequencies(features, factor));
    String angles = graph.node("angles", "Mul", List.of(column(v), frequencies));
    String cosines = graph.node("cosines", "Cos", List.of(angles));
    return concat(cosines, graph.node("sines", "Sin", List.of(angles)));
  }

  @Override
  public String tokens(String x) {
    return transpose(reshape(x, 0, 0, -1), 0, 2, 1);
  }

  @Override
  public String image(String tokens, int height, int width) {
    return reshape(transpose(tokens, 0, 2, 1), 0, 0, height, width);
  }

  @Override
  public String attention(String queries, String keys, String values, int heads, int features) {
    String q = transpose(reshape(queries, 0, 0, heads, features), 0, 2, 1, 3);
    String k = transpose(reshape(keys, 0, 0, heads, features), 0, 2, 3, 1);
    String v = transpose(reshape(values, 0, 0, heads, features), 0, 2, 1, 3);
    String scale = graph.scalar("attention.scale." + features, (float) (1 / Math.sqrt(features)));
    String product = graph.node("attention.product", "MatMul", List.of(q, k));
    String logits = graph.node("attention.logits", "Mul", List.of(product, scale));
    String weights =
        graph.node("attention.weights", "Softmax", List.of(logits), Graph.attribute("axis", -1));
    String found = graph.node("attention", "MatMul", List.of(weights, v));
    return reshape(transpose(found, 0, 2, 1, 3), 0, 0, (long) heads * features);
  }

  /** Sizes of 0 are as they were. */
  private String reshape(String x, long... sizes) {
    String shape = graph.integers("shape." + Arrays.toString(sizes), sizes);
    return graph.node("reshape", "Reshape", List.of(x, shape));
  }

  private String transpose(String x, long... axes) {
    List<Long> order = Arrays.stream(axes).boxed().toList();
    return graph.node("transpose", "Transpose", List.of(x), Graph.attribute("perm", order));
  }

  @Override
  public String addVector(String x, String v) {
    return graph.node("add", "Add", List.of(x, pixel(v)));
  }

  @Override
  public String multiplyVector(String x, String v) {
    return graph.node("multiply", "Mul", List.of(x, pixel(v)));
  }

  /** {@code [B, C]} as {@code [B, C, 1, 1]}. */
  private String pixel(String v) {
    return graph.node("pixel", "Unsqueeze", List.of(v, graph.integers("axes.pixel", 2, 3)));
  }

  private String parameter(String name, List<Long> sizes) {
    graph.parameter(name, sizes, () -> values(name, sizes));
    return name;
  }

  private float[] values(String name, List<Long> sizes) {
    float[] values = parameters.values(name);
    if (values.length != Initializer.elements(sizes)) {
      throw new IllegalArgumentException(
          "parameter "
              + name
              + " of shape "
              + sizes
              + " must have "
              + Initializer.elements(sizes)
              + " values, got "
              + values.length);
    }
    return values;
  }

  private static List<Long> weightSizes(Conv layer) {
    long first = layer.transposed() ? layer.in() : layer.out();
    long second = layer.transposed() ? layer.out() : layer.in();
    return List.of(first, second, (long) layer.kernel(), (long) layer.kernel());
  }
}
