package io.github.diffusion4j.train.torch;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.diffusion4j.train.ResidualUNet;
import io.github.diffusion4j.train.UNet;
import io.github.diffusion4j.train.UNet.TimeEffect;
import io.github.diffusion4j.train.net.Conv;
import io.github.diffusion4j.train.net.Input;
import io.github.diffusion4j.train.net.Network;
import io.github.diffusion4j.train.net.Ops;
import io.github.diffusion4j.train.parameters.Outline;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Gradients of operations one by one against those of LibTorch's whole graph. */
@SuppressWarnings("try") // scopes work by being open
class TapeTest {

  /**
   * Two layers that minimal filtering suits, one of them with a bias. What the first of them takes
   * is used before it and after it, and what it gives is used in vain too.
   */
  private record Wide() implements OneInput {

    @Override
    public List<Integer> image() {
      return List.of(1, 32, 32);
    }

    @Override
    public <T> T forward(Ops<T> ops, Map<String, T> inputs) {
      T x = Objects.requireNonNull(inputs.get(Input.SAMPLE));
      T first = ops.gelu(ops.conv("first", x, Conv.same(1, 128)));
      T twice = ops.add(first, first);
      T second = ops.gelu(ops.convNorm("second", first, Conv.same(128, 128)));
      ops.conv("vain", second, Conv.same(128, 1));
      T third = ops.conv("third", ops.concat(twice, ops.add(first, second)), Conv.same(256, 128));
      return ops.conv("last", ops.gelu(third), Conv.same(128, 1));
    }
  }

  /** A vector's layer, with a name that another's parameters begin with. */
  private record Named() implements Network {

    @Override
    public List<Input> inputs() {
      return List.of(new Input(Input.SAMPLE, List.of(1, 8, 8)), new Input("t", List.of()));
    }

    @Override
    public Map<String, Object> settings() {
      return Map.of();
    }

    @Override
    public <T> T forward(Ops<T> ops, Map<String, T> inputs) {
      T x = Objects.requireNonNull(inputs.get(Input.SAMPLE));
      T t = Objects.requireNonNull(inputs.get("t"));
      T y = ops.conv("block.conv", ops.conv("in", x, Conv.same(1, 128)), Conv.same(128, 128));
      T v = ops.linear("block", ops.column(t), 1, 128);
      return ops.conv("out", ops.addVector(y, v), Conv.same(128, 1));
    }
  }

  /** A layer as wide, but strided. */
  private record Strided() implements OneInput {

    @Override
    public List<Integer> image() {
      return List.of(128, 16, 16);
    }

    @Override
    public <T> T forward(Ops<T> ops, Map<String, T> inputs) {
      T x = ops.conv("a", Objects.requireNonNull(inputs.get(Input.SAMPLE)), Conv.halving(128, 128));
      return ops.conv("b", x, Conv.doubling(128, 128));
    }
  }

  @BeforeEach
  void oneThread() {
    Threads.use(1);
    torch.manual_seed(3);
  }

  @AfterEach
  void oneThreadAgain() {
    Threads.use(1);
  }

  private static Map<String, Tensor> inputs(Network network, int batch, Compute compute) {
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    for (Input input : network.inputs()) {
      long[] shape = new long[input.shape().size() + 1];
      shape[0] = batch;
      for (int i = 1; i < shape.length; i++) {
        shape[i] = input.shape().get(i - 1);
      }
      inputs.put(input.name(), torch.rand(shape, new TensorOptions(compute.parameters())));
    }
    return inputs;
  }

  /** Whether values lie in the same order; the strides of axes of one value say nothing. */
  private static boolean isSameOrder(Tensor a, Tensor b) {
    return IntStream.range(0, (int) a.dim())
        .allMatch(axis -> a.size(axis) == 1 || a.stride(axis) == b.stride(axis));
  }

  /** Gradients by the parameter's name. */
  private static Map<String, Tensor> gradients(Model model, Map<String, Tensor> inputs, Tape on) {
    try (Tape tape = on) {
      Tensor out = model.forward(inputs, Group.ALONE, tape);
      tape.backward(torch.mse_loss(out, Objects.requireNonNull(inputs.get(Input.SAMPLE)).neg()));
    }
    Map<String, Tensor> gradients = new LinkedHashMap<>();
    for (Outline.Parameter parameter : model.outline()) {
      if (parameter.isTrained() && model.tensor(parameter.name()).grad().defined()) {
        Tensor leaf = model.tensor(parameter.name());
        assertThat(isSameOrder(leaf.grad(), leaf)).as(parameter.name()).isTrue();
        gradients.put(parameter.name(), leaf.grad().clone());
        leaf.mutable_grad().reset();
      }
    }
    return gradients;
  }

  /** Gives the largest difference, as a part of the parameter's largest gradient. */
  private static double assertEqual(Network network, int batch, Compute compute, double bound) {
    try (PointerScope scope = new PointerScope();
        Model model = Model.initial(network, compute, 1)) {
      Map<String, Tensor> inputs = inputs(network, batch, compute);
      Map<String, Tensor> expected = gradients(model, inputs, Tape.NONE);
      Map<String, Tensor> found = gradients(model, inputs, new Tape(true));
      assertThat(found.keySet()).isEqualTo(expected.keySet()).isNotEmpty();
      double most = 0;
      for (Map.Entry<String, Tensor> entry : found.entrySet()) {
        Tensor other = Objects.requireNonNull(expected.get(entry.getKey()));
        if (entry.getKey().endsWith(".to_k.bias")) {
          continue; // attention is the same whatever is added to all keys
        }
        double largest = other.abs().max().item_double();
        assertThat(largest).as(entry.getKey()).isPositive();
        double error = entry.getValue().sub(other).abs().max().item_double() / largest;
        assertThat(error).as(entry.getKey()).isLessThanOrEqualTo(bound);
        most = Math.max(most, error);
      }
      return most;
    }
  }

  @Test
  void gradientsOfTheCoursesNetworkAreThoseOfTheWholeGraph() {
    assertEqual(UNet.width(4).time(TimeEffect.SCALE).classes(3), 3, Compute.FLOAT64, 1e-12);
    assertEqual(UNet.width(4).time(TimeEffect.SHIFT), 3, Compute.FLOAT64, 1e-12);
  }

  @Test
  void gradientsOfResidualBlocksAndAttentionAreThoseOfTheWholeGraph() {
    ResidualUNet network = ResidualUNet.of(8, 1, 2).images(1, 8).attention(8).time();
    assertEqual(network.classes(3).text(2, 5), 3, Compute.FLOAT64, 1e-11);
  }

  @Test
  void gradientsOfWideResidualBlocksByMinimalFilteringAreClose() {
    ResidualUNet network = ResidualUNet.of(128, 1, 2).images(1, 16).blocks(1).text(2, 5);
    assertThat(assertEqual(network, 96, Compute.FLOAT32, 1e-3)).isPositive();
  }

  @Test
  void gradientsByMinimalFilteringAreClose() {
    for (int threads = 1; threads <= 2; threads++) {
      Threads.use(threads);
      assertThat(assertEqual(new Wide(), 48, Compute.FLOAT32, 1e-4)).isPositive();
    }
  }

  @Test
  void onlyWideNetworksInFloat32AreRecorded() {
    assertThat(isRecorded(UNet.width(128), Compute.FLOAT32)).isTrue();
    assertThat(isRecorded(UNet.width(64), Compute.FLOAT32)).isFalse();
    assertThat(isRecorded(new Strided(), Compute.FLOAT32)).isFalse();
    assertThat(isRecorded(new Named(), Compute.FLOAT32)).isTrue();
    assertThat(isRecorded(UNet.width(128), Compute.FLOAT64)).isFalse();
    assertThat(isRecorded(UNet.width(128), new Compute(false, true, false))).isFalse();
  }

  private static boolean isRecorded(Network network, Compute compute) {
    try (PointerScope scope = new PointerScope();
        Model model = Model.initial(network, compute, 1);
        Tape tape = model.tape()) {
      return tape.isOn();
    }
  }

  @Test
  void nothingIsKept() {
    try (PointerScope all = new PointerScope();
        Model model = Model.initial(new Wide(), Compute.FLOAT32, 1)) {
      passes(model);
      long before = Pointer.totalCount();
      for (int i = 0; i < 3; i++) {
        passes(model);
      }
      assertThat(Pointer.totalCount()).isLessThanOrEqualTo(before);
    }
  }

  /** A forward pass with gradients, and one that is never asked for them. */
  private static void passes(Model model) {
    try (PointerScope scope = new PointerScope()) {
      gradients(model, inputs(new Wide(), 48, Compute.FLOAT32), model.tape());
    }
    try (PointerScope scope = new PointerScope();
        Tape tape = model.tape()) {
      model.forward(inputs(new Wide(), 48, Compute.FLOAT32), Group.ALONE, tape);
    }
  }
}
