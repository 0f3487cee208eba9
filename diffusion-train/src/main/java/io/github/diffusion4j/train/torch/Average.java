package io.github.diffusion4j.train.torch;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** A moving average of parameters and running statistics, which forgets exponentially. */
@SuppressWarnings("try") // scopes work by being open
final class Average implements AutoCloseable {

  private final Model model;
  private final double decay;
  private final Map<String, Tensor> means = new LinkedHashMap<>();

  Average(Model model, double decay) {
    this.model = model;
    this.decay = decay;
    try (PointerScope scope = new PointerScope();
        AutoGradMode off = new AutoGradMode(false)) {
      model.tensors().forEach((name, t) -> means.put(name, t.detach().clone().retainReference()));
    }
  }

  Map<String, Tensor> tensors() {
    return means;
  }

  /** Takes in the parameters after a step. */
  void take(long steps) {
    double kept = Math.min(decay, (1.0 + steps) / (10.0 + steps));
    try (PointerScope scope = new PointerScope();
        AutoGradMode off = new AutoGradMode(false)) {
      Scalar share = new Scalar(1 - kept);
      means.forEach((name, mean) -> mean.lerp_(model.tensor(name), share));
    }
  }

  @Override
  public void close() {
    means.values().forEach(Tensor::close);
  }
}
