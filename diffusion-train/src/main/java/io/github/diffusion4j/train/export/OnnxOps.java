package io.github.diffusion4j.train.export;

import io.github.diffusion4j.train.net.Conv;
import io.github.diffusion4j.train.net.Ops;
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

  @Override
  public String linear(String name, String x, int in, int out) {
    String weight = parameter(name + ".weight", List.of((long) out, (long) in));
    String bias = parameter(name + ".bias", List.of((long) out));
    return graph.node(name, "Gemm", List.of(x, weight, bias), Graph.attribute("transB", 1));
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
