package io.github.diffusion4j.train.torch;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.diffusion4j.train.net.Conv;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Convolutions to one channel, and those beside them, against LibTorch's own in float64. */
class ConvolutionTest {

  private static final long[] ONE = {1, 1};

  private static Tensor leaf(Tensor t, ScalarType type) {
    return t.to(type).detach().clone().set_requires_grad(true);
  }

  private static List<Tensor> withGradients(Tensor y, Tensor factors, Tensor... leaves) {
    y.mul(factors.to(y.scalar_type())).sum().backward();
    return List.of(y, leaves[0].grad(), leaves[1].grad(), leaves[2].grad());
  }

  @ParameterizedTest
  @CsvSource({
    "1, 64, 1, 1, 1, true", // less than the kernel
    "2, 64, 1, 2, 3, true",
    "3, 100, 1, 28, 28, true",
    "2, 63, 1, 8, 8, false",
    "2, 64, 2, 8, 8, false"
  })
  @SuppressWarnings("try") // scopes work by being open
  void givesTheValuesAndGradientsOfFloat64(
      int batch, int in, int out, int height, int width, boolean isOfProducts) {
    try (PointerScope scope = new PointerScope()) {
      torch.manual_seed(5);
      Tensor images = torch.randn(batch, in, height, width);
      Tensor kernels = torch.randn(out, in, 3, 3).contiguous(MemoryFormat.ChannelsLast);
      Tensor added = torch.randn(out);
      Tensor factors = torch.randn(batch, out, height, width);
      Tensor[] doubles = {
        leaf(images, ScalarType.Double),
        leaf(kernels, ScalarType.Double),
        leaf(added, ScalarType.Double)
      };
      List<Tensor> exact =
          withGradients(
              torch.conv2d(
                  doubles[0], doubles[1], new TensorOptional(doubles[2]), ONE, ONE, ONE, 1),
              factors,
              doubles);
      for (MemoryFormat layout : List.of(MemoryFormat.Contiguous, MemoryFormat.ChannelsLast)) {
        Tensor[] floats = {
          leaf(images.contiguous(layout), ScalarType.Float),
          leaf(kernels, ScalarType.Float),
          leaf(added, ScalarType.Float)
        };
        Tensor without =
            Convolution.of(
                Conv.same(in, out), ScalarType.Double, doubles[0], doubles[1], Optional.empty());
        Tensor withBias = without.add(doubles[2].view(1, out, 1, 1));
        assertThat(withBias.sub(exact.get(0)).abs().max().item_double()).isLessThan(1e-12);
        Optional<Tensor> bias = Optional.of(floats[2]);
        Tensor y = Convolution.of(Conv.same(in, out), ScalarType.Float, floats[0], floats[1], bias);
        assertThat(y.grad_fn().name().getString())
            .isEqualTo(isOfProducts ? "AddBackward0" : "ConvolutionBackward0");
        List<Tensor> found = withGradients(y, factors, floats);
        for (int i = 0; i < exact.size(); i++) {
          assertThat(found.get(i).sizes().vec().get())
              .containsExactly(exact.get(i).sizes().vec().get());
          Tensor difference = found.get(i).sub(exact.get(i)).abs().max();
          assertThat(difference.div(exact.get(i).abs().max()).item_double()).isLessThan(2e-6);
        }
      }
    }
  }
}
