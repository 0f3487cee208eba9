package io.github.diffusion4j.train.torch;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorType;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Adam (Kingma and Ba 2014, algorithm 1) or AdamW (Loshchilov and Hutter 2019, algorithm 2), all
 * parameters in one call of LibTorch's fused kernel.
 *
 * <p>The kernel has no Java name, so it is called through the dispatcher. Its arguments must be
 * lists made with {@link GenericList}: a vector of tensors would be taken for a bare pointer.
 */
@SuppressWarnings("try") // scopes work by being open
final class Adam implements AutoCloseable {

  private final Model model;
  private final Rule rule;
  private final Map<String, Tensor> first = new LinkedHashMap<>();
  private final Map<String, Tensor> second = new LinkedHashMap<>();

  Adam(Model model, Rule rule) {
    this.model = model;
    this.rule = rule;
    try (PointerScope scope = new PointerScope();
        AutoGradMode off = new AutoGradMode(false)) {
      model.outline().stream()
          .filter(p -> p.isTrained())
          .forEach(
              p -> {
                Tensor t = model.tensor(p.name());
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

  /** Scales all gradients so that their norm together is at most the rule's, if it has one. */
  void clip() {
    if (rule.clipNorm() > 0) {
      try (PointerScope scope = new PointerScope()) {
        TensorVector trained = new TensorVector();
        for (String name : first.keySet()) {
          trained.push_back(model.tensor(name));
        }
        torch.clip_grad_norm_(trained, rule.clipNorm(), 2, false);
      }
    }
  }

  /**
   * Moves every parameter that has a gradient; one without had no part in the loss.
   *
   * @param rate the learning rate
   * @param steps the number of steps, with this one
   */
  void step(double rate, long steps) {
    try (PointerScope scope = new PointerScope();
        AutoGradMode off = new AutoGradMode(false)) {
      GenericList parameters = list();
      GenericList gradients = list();
      GenericList firsts = list();
      GenericList seconds = list();
      GenericList counts = list();
      // On CUDA the kernel reads it from the device's memory.
      Tensor count =
          model.place(torch.scalar_tensor(new Scalar((double) steps))).to(ScalarType.Float);
      for (Map.Entry<String, Tensor> entry : first.entrySet()) {
        Tensor p = model.tensor(entry.getKey());
        Tensor g = p.grad();
        if (g.defined()) {
          parameters.push_back(new IValue(p));
          gradients.push_back(new IValue(g));
          firsts.push_back(new IValue(entry.getValue()));
          seconds.push_back(new IValue(second.get(entry.getKey())));
          counts.push_back(new IValue(count));
        }
      }
      // They differ in nothing but where the decay goes: into the gradient, or beside it.
      String name = rule.decay() > 0 ? "aten::_fused_adamw_" : "aten::_fused_adam_";
      OperatorHandle kernel = Dispatcher.singleton().findSchemaOrThrow(name, "");
      kernel.callBoxed(
          new IValueVector(
              new IValue(parameters),
              new IValue(gradients),
              new IValue(firsts),
              new IValue(seconds),
              new IValue(list()),
              new IValue(counts),
              new IValue(rate),
              new IValue(rule.beta1()),
              new IValue(rule.beta2()),
              new IValue(rule.decay()),
              new IValue(rule.epsilon()),
              new IValue(false),
              new IValue(false),
              new IValue(),
              new IValue()));
    }
  }

  private static GenericList list() {
    return new GenericList(new org.bytedeco.pytorch.Type.TypePtr(TensorType.get()));
  }

  void zeroGradients() {
    for (String name : first.keySet()) {
      model.tensor(name).mutable_grad().reset();
    }
  }

  @Override
  public void close() {
    first.values().forEach(Tensor::close);
    second.values().forEach(Tensor::close);
  }
}
