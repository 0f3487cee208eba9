package io.github.diffusion4j.train.torch;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.diffusion4j.train.net.Conv;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A pixel that grows, as a matrix product, is the transposed convolution. */
class GrowingLayerTest {

  private static final long[] NONE = {0, 0};
  private static final long[] ONE = {1, 1};

  @BeforeAll
  static void oneThread() {
    Threads.use(1);
  }

  private static Tensor random(long... shape) {
    return torch.randn(shape, new TensorOptions(ScalarType.Double));
  }

  private static Tensor leaf(Tensor t) {
    return t.detach().clone().set_requires_grad(true);
  }

  @ParameterizedTest
  @CsvSource({"1,1", "4,4", "6,6", "7,7", "8,8", "5,2"})
  @SuppressWarnings("try") // scopes work by being open
  void resultAndGradientsAreThoseOfTheConvolution(int kernel, int step) {
    try (PointerScope scope = new PointerScope()) {
      torch.manual_seed(kernel);
      Tensor x = random(3, 5, 1, 1);
      Tensor weight = random(5, 2, kernel, kernel).contiguous(MemoryFormat.ChannelsLast);
      Tensor bias = random(2);
      Tensor factors = random(3, 2, kernel, kernel);

      Tensor[] expected = {leaf(x), leaf(weight), leaf(bias)};
      TensorOptional added = new TensorOptional(expected[2]);
      long[] stride = {step, step};
      Tensor convolved =
          torch.conv_transpose2d(expected[0], expected[1], added, stride, NONE, NONE, 1, ONE);
      convolved.mul(factors).sum().backward();

      Tensor[] found = {leaf(x), leaf(weight), leaf(bias)};
      Map<String, Tensor> parameters = Map.of("a.weight", found[1], "a.bias", found[2]);
      TorchOps ops = new TorchOps(parameters, true, ScalarType.Double);
      Tensor grown = ops.conv("a", found[0], new Conv(5, 2, kernel, step, 0, true));
      grown.mul(factors).sum().backward();

      assertClose(grown, convolved);
      for (int i = 0; i < 3; i++) {
        assertClose(found[i].grad(), expected[i].grad());
      }
    }
  }

  private static void assertClose(Tensor found, Tensor expected) {
    assertThat(found.sizes().vec().get()).isEqualTo(expected.sizes().vec().get());
    assertThat(found.sub(expected).abs().max().item_double()).isLessThan(1e-12);
  }
}
