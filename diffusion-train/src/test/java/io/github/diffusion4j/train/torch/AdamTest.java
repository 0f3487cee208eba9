package io.github.diffusion4j.train.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.diffusion4j.train.net.Conv;
import io.github.diffusion4j.train.net.Input;
import io.github.diffusion4j.train.net.Network;
import io.github.diffusion4j.train.net.Ops;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // scopes work by being open
class AdamTest {

  /** One convolution, of which the loss uses the weight alone. */
  private static final class OneNumber implements Network {
    @Override
    public List<Input> inputs() {
      return List.of(new Input(Input.SAMPLE, List.of(1, 1, 1)));
    }

    @Override
    public <T> T forward(Ops<T> ops, Map<String, T> inputs) {
      return ops.conv("p", Input.of(inputs, Input.SAMPLE), new Conv(1, 1, 1, 1, 0, false));
    }

    @Override
    public Map<String, Object> settings() {
      return Map.of();
    }
  }

  @BeforeAll
  static void oneThread() {
    Engine.useThreads(1);
  }

  @Test
  void descendsParabolaAsPyTorchDoes() {
    double[] expected = {.9900000, .9800028, .9700101};
    try (PointerScope scope = new PointerScope();
        Model model = Model.initial(new OneNumber(), ScalarType.Double, 0);
        Adam adam = new Adam(model)) {
      model.set("p.weight", new double[] {1});
      Tensor p = model.tensors().get("p.weight");
      for (double value : expected) {
        adam.zeroGradients();
        p.mul(p).sum().backward();
        adam.step(1e-2);
        assertThat(p.item_double()).isCloseTo(value, within(1e-6));
      }
    }
  }

  @Test
  void leavesParameterWithoutGradientAlone() {
    try (PointerScope scope = new PointerScope();
        Model model = Model.initial(new OneNumber(), ScalarType.Float, 0);
        Adam adam = new Adam(model)) {
      Tensor bias = model.tensors().get("p.bias");
      float before = bias.item_float();
      Tensor p = model.tensors().get("p.weight");
      p.mul(p).sum().backward();
      adam.step(1e-2);
      assertThat(bias.item_float()).isEqualTo(before);
      assertThat(torch.count_nonzero(adam.tensors().get("second.p.bias")).item_long()).isZero();
    }
  }
}
