package io.github.diffusion4j.train.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** GELU of images in either layout is that of float64, and so is its gradient. */
class GeluTest {

  private static Tensor[] valueAndGradient(Tensor x, Tensor factors, MemoryFormat layout) {
    TorchOps ops = new TorchOps(Map.of(), true, x.scalar_type());
    Tensor leaf = x.contiguous(layout).detach().clone().set_requires_grad(true);
    Tensor y = ops.gelu(leaf);
    y.mul(factors).sum().backward();
    return new Tensor[] {y, leaf.grad()};
  }

  @ParameterizedTest
  @EnumSource(
      value = MemoryFormat.class,
      names = {"Contiguous", "ChannelsLast"})
  @SuppressWarnings("try") // scopes work by being open
  void isThatOfFloat64(MemoryFormat layout) {
    try (PointerScope scope = new PointerScope()) {
      torch.manual_seed(1);
      long[] shape = {2, 16, 8, 8};
      TensorOptions doubles = new TensorOptions(ScalarType.Double);
      Tensor x = torch.linspace(new Scalar(-9.0), new Scalar(9.0), 2048, doubles).view(shape);
      Tensor factors = torch.randn(shape, doubles);
      Tensor[] expected = valueAndGradient(x, factors, MemoryFormat.Contiguous);
      Tensor[] found =
          valueAndGradient(x.to(ScalarType.Float), factors.to(ScalarType.Float), layout);
      for (int i = 0; i < 2; i++) {
        Tensor difference = found[i].to(ScalarType.Double).sub(expected[i]).abs();
        assertThat(difference.max().item_double()).isLessThan(5e-6);
      }
      assertThat(found[0].is_contiguous(layout)).isTrue();
    }
  }
}
