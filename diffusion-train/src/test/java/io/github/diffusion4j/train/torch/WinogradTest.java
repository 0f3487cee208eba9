package io.github.diffusion4j.train.torch;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.diffusion4j.train.net.Conv;
import org.bytedeco.javacpp.BoolPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.LongArrayRefOptional;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Minimal filtering against LibTorch's convolution in float64. */
@SuppressWarnings("try") // scopes work by being open
class WinogradTest {

  private static final long[] ONE = {1, 1};

  /** Of the largest value. A convolution in float32 has 2e-6, this 2e-5. */
  private static final double ERROR = 4e-5;

  private PointerScope scope;
  private AutoGradMode off;

  @BeforeEach
  void open() {
    Threads.use(1);
    scope = new PointerScope();
    off = new AutoGradMode(false);
    torch.manual_seed(4);
  }

  @AfterEach
  void close() {
    off.close();
    scope.close();
    Threads.use(1);
  }

  private static Tensor normal(long... shape) {
    return torch.randn(shape).contiguous(torch.MemoryFormat.ChannelsLast);
  }

  private static double error(Tensor found, Tensor exact) {
    assertThat(found.sizes().vec().get()).containsExactly(exact.sizes().vec().get());
    return found.sub(exact).abs().max().div(exact.abs().max()).item_double();
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1, 4, 4, 1", // one tile
    "3, 2, 5, 8, 12, 1", // no square
    "7, 16, 24, 28, 28, 2", // an odd batch for two threads
    "2, 150, 130, 64, 64, 2", // one image at a time
    "19, 128, 256, 28, 28, 3"
  })
  void convolvesAndGivesItsGradients(
      int batch, int in, int out, int height, int width, int threads) {
    Threads.use(threads);
    Tensor x = normal(batch, in, height, width);
    Tensor weight = normal(out, in, 3, 3);
    Tensor gradient = normal(batch, out, height, width);
    Tensor exactX = x.to(ScalarType.Double);
    Tensor exactWeight = weight.to(ScalarType.Double);
    Tensor exact = torch.conv2d(exactX, exactWeight, new TensorOptional(), ONE, ONE, ONE, 1);
    T_TensorTensorTensor_T gradients =
        torch.convolution_backward(
            gradient.to(ScalarType.Double),
            exactX,
            exactWeight,
            new LongArrayRefOptional(),
            ONE,
            ONE,
            ONE,
            false,
            new long[] {0, 0},
            1,
            mask());
    assertThat(error(Winograd.convolve(x, weight), exact)).isLessThan(ERROR);
    assertThat(error(Winograd.gradientOfImages(gradient, weight), gradients.get0()))
        .isLessThan(ERROR);
    assertThat(error(Winograd.gradientOfKernels(gradient, x), gradients.get1())).isLessThan(ERROR);
  }

  private static BoolPointer mask() {
    BoolPointer mask = new BoolPointer(3);
    mask.put(0, true).put(1, true).put(2, false);
    return mask;
  }

  @ParameterizedTest
  @CsvSource({
    "128, 128, 3, 1, 1, false, 28, 32, true",
    "128, 128, 3, 1, 1, false, 28, 31, false", // too few tiles
    "128, 127, 3, 1, 1, false, 28, 64, false", // too few channels
    "128, 128, 3, 2, 1, false, 28, 64, false", // strided
    "128, 128, 3, 1, 1, true, 28, 64, false", // transposed
    "128, 128, 3, 1, 0, false, 28, 64, false", // another size of the result
    "128, 128, 5, 1, 2, false, 28, 64, false", // another kernel
    "128, 128, 3, 1, 1, false, 14, 512, false", // no whole tiles
    "128, 128, 3, 1, 1, false, 84, 4, true",
    "128, 128, 3, 1, 1, false, 88, 4, false" // too large
  })
  void suitsLayersThatItIsFasterFor(
      int in,
      int out,
      int kernel,
      int stride,
      int padding,
      boolean transposed,
      int side,
      int batch,
      boolean isSuited) {
    Conv layer = new Conv(in, out, kernel, stride, padding, transposed);
    assertThat(Winograd.suits(layer, torch.zeros(batch, in, side, side))).isEqualTo(isSuited);
  }
}
