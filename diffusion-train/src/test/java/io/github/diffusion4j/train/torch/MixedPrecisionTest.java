package io.github.diffusion4j.train.torch;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.diffusion4j.train.ResidualUNet;
import io.github.diffusion4j.train.UNet;
import io.github.diffusion4j.train.net.Conv;
import io.github.diffusion4j.train.net.Input;
import io.github.diffusion4j.train.net.Network;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Layers in bfloat16, parameters and gradients in float32. */
class MixedPrecisionTest {

  private static final Compute MIXED = new Compute(false, true, false);

  private static UNet net(int size) {
    return UNet.width(8).images(1, size).time(UNet.TimeEffect.SHIFT);
  }

  @BeforeAll
  static void oneThread() {
    Threads.use(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 8, 12, 16, 20, 24, 28, 32})
  void gradientsAreThoseOfFloat32ToAFewPercent(int size) {
    assertGradientsAreThoseOfFloat32(net(size), size);
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 8, 12, 28})
  void gradientsOfResidualBlocksAndAttentionToo(int size) {
    ResidualUNet network = ResidualUNet.of(8, 1, 2).images(1, size).attention(size / 2).time();
    assertGradientsAreThoseOfFloat32(network.text(3, 5), size);
  }

  @SuppressWarnings("try") // scopes work by being open
  private static void assertGradientsAreThoseOfFloat32(Network network, int size) {
    try (PointerScope scope = new PointerScope();
        Model exact = Model.initial(network, Compute.FLOAT32, 3);
        Model mixed = Model.initial(network, MIXED, 3)) {
      torch.manual_seed(size);
      Map<String, Tensor> inputs = new HashMap<>();
      inputs.put(Input.SAMPLE, torch.randn(64, 1, size, size));
      inputs.put(Input.TIME, torch.rand(64));
      inputs.put(Input.TEXT, torch.rand(64, 3, 5));
      Tensor target = torch.randn(64, 1, size, size);
      for (Model model : new Model[] {exact, mixed}) {
        Tensor answer = model.forward(inputs, true);
        assertThat(answer.scalar_type().intern()).isEqualTo(ScalarType.Float);
        torch.mse_loss(answer, target).backward();
      }
      double difference = 0;
      double norm = 0;
      for (String name : exact.tensors().keySet()) {
        Tensor expected = exact.tensor(name).grad();
        if (expected.defined()) {
          Tensor found = mixed.tensor(name).grad();
          assertThat(found.scalar_type().intern()).as(name).isEqualTo(ScalarType.Float);
          double error = squares(found.sub(expected));
          double own = squares(expected);
          if (!name.endsWith(".to_k.bias")) { // which has no effect, so that its gradient is noise
            assertThat(Math.sqrt(error / own)).as(name).isLessThan(.5);
          }
          difference += error;
          norm += own;
        }
      }
      // bfloat16 rounds to 2^-9 of a value; that much or more shows that it was used at all.
      assertThat(Math.sqrt(difference / norm)).isBetween(1e-3, .1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 7})
  @SuppressWarnings("try") // scopes work by being open
  void layerThatGrowsAddsItsBias(int size) {
    Tensor weight = torch.ones(2, 2, size, size);
    Map<String, Tensor> parameters = Map.of("a.weight", weight, "a.bias", torch.ones(2));
    try (PointerScope scope = new PointerScope()) {
      TorchOps ops = new TorchOps(parameters, true, ScalarType.BFloat16);
      Tensor grown = ops.conv("a", torch.ones(1, 2, 1, 1), Conv.growing(2, size));
      assertThat(grown.sum().item_double()).isEqualTo(2 * size * size * 3);
    }
  }

  /** Gradients of layers of one's own on small images, in memory where others have left numbers. */
  @ParameterizedTest
  @CsvSource({
    "3,2,1,false", "2,2,1,false", "3,3,1,false", "5,2,2,false", "7,3,3,false", "3,1,1,false",
    "4,4,0,true", "6,6,0,true", "8,8,0,true", "4,4,1,true", "8,8,1,true", "4,2,1,true",
    "3,2,1,true", "5,3,0,true", "2,2,0,true", "3,1,1,true"
  })
  @SuppressWarnings("try") // scopes work by being open
  void gradientsOfSmallImagesAreThoseOfFloat32(
      int kernel, int stride, int padding, boolean isTransposed) {
    Conv layer = new Conv(16, 16, kernel, stride, padding, isTransposed);
    long[][] sides = {{1, 1}, {3, 1}, {1, 3}, {2, 2}, {3, 3}, {4, 4}, {5, 4}, {7, 7}, {8, 8}};
    for (long[] side : sides) {
      if (layer.sideAfter((int) side[0]) < 1 || layer.sideAfter((int) side[1]) < 1) {
        continue;
      }
      for (long batch : new long[] {1, 8, 33}) {
        try (PointerScope scope = new PointerScope()) {
          torch.manual_seed(kernel);
          Tensor x = channelsLast(torch.randn(batch, 16, side[0], side[1]));
          Tensor weight = channelsLast(torch.randn(16, 16, kernel, kernel));
          assertGradientsAreThoseOfFloat32(x, weight, layer);
        }
      }
    }
  }

  @Test
  @SuppressWarnings("try") // scopes work by being open
  void gradientsOfALargeKernelThatSeesAPartOfTheImageAreThoseOfFloat32() {
    for (int round = 0; round < 5; round++) {
      try (PointerScope scope = new PointerScope()) {
        torch.manual_seed(round);
        assertGradientsAreThoseOfFloat32(
            channelsLast(torch.randn(5, 17, 62, 62)),
            channelsLast(torch.randn(17, 17, 9, 9)),
            new Conv(17, 17, 9, 100, 2, false));
      }
    }
  }

  private static void assertGradientsAreThoseOfFloat32(Tensor x, Tensor weight, Conv layer) {
    Tensor[] expected = gradients(x, weight, layer, ScalarType.Float);
    Tensor[] found = gradients(x, weight, layer, ScalarType.BFloat16);
    for (int i = 0; i < 2; i++) {
      assertThat(squares(found[i].sub(expected[i])))
          .as("%s of %d images of %d×%d", layer, x.size(0), x.size(2), x.size(3))
          .isLessThan(.05 * .05 * squares(expected[i]));
    }
  }

  private static Tensor channelsLast(Tensor t) {
    return t.contiguous(torch.MemoryFormat.ChannelsLast);
  }

  /** With respect to the image and the kernels. */
  private static Tensor[] gradients(Tensor image, Tensor kernels, Conv layer, ScalarType layers) {
    Tensor x = image.detach().clone().set_requires_grad(true);
    Tensor weight = kernels.detach().clone().set_requires_grad(true);
    for (int i = 0; i < 50; i++) {
      torch.full(new long[] {256L << (i % 8)}, new Scalar(1e30)).close();
    }
    TorchOps ops =
        new TorchOps(Map.of("a.weight", weight, "a.bias", torch.zeros(layer.out())), true, layers);
    Tensor y = ops.conv("a", x, layer).to(ScalarType.Float);
    Tensor factors = torch.sin(torch.arange(new Scalar(y.numel()))).to(ScalarType.Float);
    y.mul(factors.reshape(y.sizes())).sum().backward();
    return new Tensor[] {x.grad(), weight.grad()};
  }

  @Test
  @SuppressWarnings("try") // scopes work by being open
  void predictionsAreFloat32() {
    try (PointerScope scope = new PointerScope();
        Model exact = Model.initial(net(16), Compute.FLOAT32, 3);
        Model mixed = Model.initial(net(16), MIXED, 3)) {
      Map<String, Tensor> inputs =
          Map.of(
              Input.SAMPLE, torch.ones(new long[] {2, 1, 16, 16}, new TensorOptions()),
              Input.TIME, torch.rand(2));
      Tensor expected = exact.forward(inputs, false);
      assertThat(torch.equal(mixed.forward(inputs, false), expected)).isTrue();
    }
  }

  private static double squares(Tensor t) {
    return t.mul(t).sum().item_double();
  }
}
