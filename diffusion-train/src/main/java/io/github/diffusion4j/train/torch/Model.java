package io.github.diffusion4j.train.torch;

import io.github.diffusion4j.train.net.Input;
import io.github.diffusion4j.train.net.Network;
import io.github.diffusion4j.train.parameters.Outline;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** A network with its parameters in LibTorch's memory. */
@SuppressWarnings("try") // scopes work by being open
public final class Model implements AutoCloseable {

  /** Bytes of what the layers of a prediction give, all of which are there until it ends. */
  private static final long MOST_BETWEEN_LAYERS = 256L << 20;

  private final Network network;
  private final Compute compute;
  private final List<Outline.Parameter> outline;
  private final boolean isTaped;
  private final long portion;
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  private Model(Network network, Compute compute) {
    Natives.load();
    compute.prepare();
    this.network = network;
    this.compute = compute;
    this.outline = Outline.of(network);
    boolean isPlain = compute.layers(true) == ScalarType.Float && !compute.isCuda();
    this.isTaped = isPlain && Winograd.suits(network);
    this.portion = Math.max(1, MOST_BETWEEN_LAYERS / compute.bytes() / Outline.values(network));
  }

  static Model initial(Network network, Compute compute, long seed) {
    Model model = new Model(network, compute);
    try {
      model.begin(seed);
      return model;
    } catch (RuntimeException | Error e) {
      model.close();
      throw e;
    }
  }

  private void begin(long seed) {
    try (PointerScope scope = new PointerScope();
        AutoGradMode off = new AutoGradMode(false)) {
      Generator generator = torch.createCPUGenerator(seed);
      for (Outline.Parameter parameter : outline) {
        Tensor t = torch.zeros(shape(parameter), new TensorOptions(ScalarType.Float));
        switch (parameter.role()) {
          case WEIGHT, BIAS -> {
            double bound = 1 / Math.sqrt(parameter.fanIn());
            t.uniform_(-bound, bound, new GeneratorOptional(generator));
          }
          case SCALE, VARIANCE -> t.fill_(new org.bytedeco.pytorch.Scalar(1.0));
          case SHIFT, MEAN -> {}
        }
        adopt(parameter, t);
      }
    }
  }

  private void adopt(Outline.Parameter parameter, Tensor initial) {
    Tensor t = compute.place(initial);
    if (parameter.shape().size() == 4) {
      t = t.contiguous(MemoryFormat.ChannelsLast);
    }
    t.set_requires_grad(parameter.isTrained());
    t.retainReference();
    tensors.put(parameter.name(), t);
  }

  private static long[] shape(Outline.Parameter parameter) {
    return parameter.shape().stream().mapToLong(Integer::longValue).toArray();
  }

  /** A tensor on the parameters' device, in their type. */
  Tensor place(Tensor t) {
    return compute.place(t);
  }

  /** A parameter by its name. */
  Tensor tensor(String name) {
    return Objects.requireNonNull(tensors.get(name), name);
  }

  Map<String, Tensor> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  List<Outline.Parameter> outline() {
    return outline;
  }

  Tensor forward(Map<String, Tensor> inputs, boolean training) {
    return forward(inputs, new TorchOps(tensors, training, compute.layers(training)));
  }

  /** So many images are predicted at a time. */
  long portion() {
    return portion;
  }

  /** As trained, some images at a time, so that many need no more memory. */
  Tensor predict(Map<String, Tensor> inputs) {
    long batch = Objects.requireNonNull(inputs.get(Input.SAMPLE)).size(0);
    List<Tensor> parts = new ArrayList<>();
    try {
      for (long from = 0; from < batch; from += portion) {
        try (PointerScope temporaries = new PointerScope()) {
          long first = from;
          long count = Math.min(portion, batch - from);
          Map<String, Tensor> some = new TreeMap<>();
          inputs.forEach((name, t) -> some.put(name, t.narrow(0, first, count)));
          parts.add(forward(some, false).retainReference());
        }
      }
      return torch.cat(new TensorVector(parts.toArray(Tensor[]::new)), 0);
    } finally {
      parts.forEach(Tensor::close);
    }
  }

  /** In training, by one of a group. */
  Tensor forward(Map<String, Tensor> inputs, Group group, Tape tape) {
    ScalarType layers = compute.layers(true);
    return forward(
        inputs,
        group.isSynchronised()
            ? new SynchronisedOps(tensors, layers, group, tape)
            : new TorchOps(tensors, true, layers, tape));
  }

  /** For a forward pass in training. */
  Tape tape() {
    return new Tape(isTaped);
  }

  private Tensor forward(Map<String, Tensor> inputs, TorchOps ops) {
    return network.forward(ops, inputs).to(compute.parameters());
  }

  /** Replaces a parameter's values. */
  void set(String name, double[] values) {
    try (PointerScope scope = new PointerScope();
        AutoGradMode off = new AutoGradMode(false)) {
      Tensor t = tensor(name);
      Tensor source =
          torch.from_blob(
              new DoublePointer(values),
              t.sizes().vec().get(),
              new TensorOptions(ScalarType.Double));
      t.copy_(source);
    }
  }

  @Override
  public void close() {
    tensors.values().forEach(Tensor::close);
  }
}
