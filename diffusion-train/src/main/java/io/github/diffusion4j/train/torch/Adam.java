package io.github.diffusion4j.train.torch;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Adam (Kingma and Ba 2014, algorithm 1). */
final class Adam implements AutoCloseable {

  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final double EPSILON = 1e-8;

  private final Model model;
  private final Map<String, Tensor> first = new LinkedHashMap<>();
  private final Map<String, Tensor> second = new LinkedHashMap<>();
  private long steps;

  Adam(Model model) {
    this.model = model;
    try (PointerScope scope = new PointerScope();
        AutoGradMode off = new AutoGradMode(false)) {
      model.outline().stream()
          .filter(p -> p.isTrained())
          .forEach(
              p -> {
                Tensor t = model.tensors().get(p.name());
                first.put(p.name(), torch.zeros_like(t).retainReference());
                second.put(p.name(), torch.zeros_like(t).retainReference());
              });
    }
  }

  /** The state: first and second moments by name. */
  Map<String, Tensor> tensors() {
    Map<String, Tensor> all = new LinkedHashMap<>();
    first.forEach((name, t) -> all.put("first." + name, t));
    second.forEach((name, t) -> all.put("second." + name, t));
    return all;
  }

  /** Sets the number of steps made. */
  void steps(long steps) {
    this.steps = steps;
  }

  void step(double rate) {
    steps++;
    double correction1 = 1 - Math.pow(BETA1, steps);
    double correction2 = Math.sqrt(1 - Math.pow(BETA2, steps));
    try (PointerScope scope = new PointerScope();
        AutoGradMode off = new AutoGradMode(false)) {
      for (Map.Entry<String, Tensor> entry : first.entrySet()) {
        Tensor p = model.tensors().get(entry.getKey());
        Tensor g = p.grad();
        if (!g.defined()) {
          continue;
        }
        Tensor m = entry.getValue();
        Tensor v = second.get(entry.getKey());
        m.lerp_(g, new Scalar(1 - BETA1));
        v.mul_(new Scalar(BETA2)).addcmul_(g, g, new Scalar(1 - BETA2));
        Tensor size = v.sqrt().div_(new Scalar(correction2)).add_(new Scalar(EPSILON));
        p.addcdiv_(m, size, new Scalar(-rate / correction1));
      }
    }
  }

  void zeroGradients() {
    for (String name : first.keySet()) {
      model.tensors().get(name).mutable_grad().reset();
    }
  }

  @Override
  public void close() {
    first.values().forEach(Tensor::close);
    second.values().forEach(Tensor::close);
  }
}
