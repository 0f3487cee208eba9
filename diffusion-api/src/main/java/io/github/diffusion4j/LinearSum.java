package io.github.diffusion4j;

import java.util.ArrayList;
import java.util.List;

/** A weighted sum in the making; what is added with weight 0 is left out. */
final class LinearSum {

  private final List<Double> weights = new ArrayList<>();
  private final List<Tensor> tensors = new ArrayList<>();

  LinearSum(double weight, Tensor tensor) {
    weights.add(weight);
    tensors.add(tensor);
  }

  LinearSum plus(double weight, Tensor tensor) {
    if (weight != 0) {
      weights.add(weight);
      tensors.add(tensor);
    }
    return this;
  }

  LinearSum plus(double[] weights, List<Node> nodes) {
    for (int i = 0; i < weights.length; i++) {
      plus(weights[i], nodes.get(i).part());
    }
    return this;
  }

  Tensor sum() {
    return Tensors.weightedSum(
        weights.stream().mapToDouble(Double::doubleValue).toArray(), tensors);
  }
}
