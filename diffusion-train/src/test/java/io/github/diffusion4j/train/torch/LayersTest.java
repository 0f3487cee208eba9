package io.github.diffusion4j.train.torch;

import static io.github.diffusion4j.train.torch.Doubles.tensor;
import static io.github.diffusion4j.train.torch.Doubles.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.diffusion4j.train.net.Conv;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Single layers against numbers worked out by hand or measured in PyTorch. */
@SuppressWarnings("try") // scopes work by being open
class LayersTest {

  @BeforeAll
  static void oneThread() {
    Threads.use(1);
  }

  private static final TorchOps OPS = new TorchOps(Map.of(), false, ScalarType.Double);

  @Test
  void additionAddsEachToEach() {
    try (PointerScope scope = new PointerScope()) {
      Tensor sum = OPS.add(tensor(new double[] {1, -2}, 1, 2), tensor(new double[] {.5, 3}, 1, 2));
      assertThat(values(sum)).containsExactly(1.5, 1);
    }
  }

  @Test
  void vectorsAreJoinedToo() {
    try (PointerScope scope = new PointerScope()) {
      Tensor joined =
          OPS.concat(tensor(new double[] {1, -2}, 2, 1), tensor(new double[] {3, 4, 5, 6}, 2, 2));
      assertThat(values(joined)).containsExactly(1, 3, 4, -2, 5, 6);
    }
  }

  @Test
  void oneValueIsNotNormalisedInTraining() {
    try (PointerScope scope = new PointerScope()) {
      TorchOps training = new TorchOps(Map.of(), true, ScalarType.Double);
      Tensor pixels = tensor(new double[] {1, 2}, 1, 2, 1, 1);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> training.normalise("layer", pixels))
          .withMessageContaining("layer normalises over batch, height and width");
    }
  }

  @Test
  void geluIsTheExactForm() {
    try (PointerScope scope = new PointerScope()) {
      Tensor x = tensor(new double[] {1, -1, .5, 0}, 4);
      assertThat(values(OPS.gelu(x)))
          .containsExactly(new double[] {.8413447461, -.1586552539, .3457312306, 0}, within(1e-9));
    }
  }

  @Test
  void siluIsTheNumberTimesItsSigmoid() {
    try (PointerScope scope = new PointerScope()) {
      Tensor x = tensor(new double[] {1, -1, 0}, 3);
      assertThat(values(OPS.silu(x)))
          .containsExactly(new double[] {.7310585786, -.2689414214, 0}, within(1e-9));
    }
  }

  @Test
  void groupsAreNormalisedForEachImageAlone() {
    try (PointerScope scope = new PointerScope()) {
      Map<String, Tensor> parameters = new LinkedHashMap<>();
      parameters.put("n.weight", tensor(new double[] {1, 1, 2, 2}, 4));
      parameters.put("n.bias", tensor(new double[] {0, 0, 0, 5}, 4));
      Tensor x = tensor(new double[] {1, 3, 10, 30, 7, 9, -2, -4}, 2, 4, 1, 1);
      TorchOps ops = new TorchOps(parameters, true, ScalarType.Double);
      assertThat(values(ops.groupNorm("n", x, 4, 2)))
          .containsExactly(new double[] {-1, 1, -2, 7, -1, 1, 2, 3}, within(1e-5));
    }
  }

  /** In float32, where LibTorch's kernel for channels-last images has 3e-2. */
  @Test
  void groupsOfALargeMeanAreNormalisedExactly() {
    try (PointerScope scope = new PointerScope()) {
      Map<String, Tensor> parameters = new LinkedHashMap<>();
      parameters.put("n.weight", tensor(new double[] {1, 1}, 2).to(ScalarType.Float));
      parameters.put("n.bias", tensor(new double[] {0, 0}, 2).to(ScalarType.Float));
      Tensor x = tensor(i -> 30 + .1 * Math.sin(i), 1, 2, 28, 28).to(ScalarType.Float);
      Tensor images = x.contiguous(MemoryFormat.ChannelsLast);
      TorchOps ops = new TorchOps(parameters, true, ScalarType.Float);
      Tensor y = ops.groupNorm("n", images, 2, 2).to(ScalarType.Double);
      Tensor exact = x.to(ScalarType.Double).view(2, 784);
      Tensor centred = exact.sub(exact.mean(new long[] {1}, true, new ScalarTypeOptional()));
      Tensor variance = centred.square().mean(new long[] {1}, true, new ScalarTypeOptional());
      double[] expected = values(centred.div(variance.add(new Scalar(1e-5)).sqrt()));
      assertThat(values(y)).containsExactly(expected, within(1e-4));
    }
  }

  /** LibTorch's kernel for channels-last images ends the process. */
  @Test
  void imagesWithoutGradientAreNormalisedInTraining() {
    try (PointerScope scope = new PointerScope()) {
      for (long channels : new long[] {1, 4}) {
        Tensor scale = tensor(i -> 1, channels).requires_grad_(true);
        Map<String, Tensor> parameters = new LinkedHashMap<>();
        parameters.put("n.weight", scale);
        parameters.put("n.bias", tensor(i -> 0, channels));
        TorchOps ops = new TorchOps(parameters, true, ScalarType.Double);
        Tensor x = tensor(i -> Math.sin(i), 2, channels, 8, 8);
        Tensor y = ops.groupNorm("n", x.contiguous(MemoryFormat.ChannelsLast), (int) channels, 1);
        y.mul(y).sum().backward();
        // The squares add up to their number, so each factor's gradient is twice its part.
        assertThat(scale.grad().sum().item_double()).isCloseTo(256.0 * channels, within(.1));
      }
    }
  }

  @Test
  void upsamplingByLargeSizesTakesNoNeighbours() {
    try (PointerScope scope = new PointerScope()) {
      for (int size : new int[] {41, 47, 107}) {
        double[] found = values(OPS.upsample(tensor(new double[] {1, 2, 3, 4}, 1, 1, 2, 2), size));
        for (int i = 0; i < found.length; i++) {
          int row = i / (2 * size) / size;
          int column = i % (2 * size) / size;
          assertThat(found[i]).isEqualTo(1 + 2 * row + column);
        }
      }
    }
  }

  @Test
  void upsamplingRepeatsPixelsInBothDirections() {
    try (PointerScope scope = new PointerScope()) {
      Tensor x = tensor(new double[] {1, 2}, 1, 1, 1, 2);
      assertThat(values(OPS.upsample(x, 3)))
          .containsExactly(1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2);
    }
  }

  @Test
  void tokensAreThePixelsRowByRow() {
    try (PointerScope scope = new PointerScope()) {
      Tensor x = tensor(i -> i, 1, 2, 2, 3);
      Tensor tokens = OPS.tokens(x);
      assertThat(values(tokens)).containsExactly(0, 6, 1, 7, 2, 8, 3, 9, 4, 10, 5, 11);
      Tensor image = OPS.image(tokens, 2, 3);
      assertThat(image.sizes().vec().get()).containsExactly(1, 2, 2, 3);
      assertThat(values(image)).containsExactly(values(x));
    }
  }

  /** Two heads of one feature: the first asks the last of three tokens, the second asks all. */
  @Test
  void headsAttendEachToItsFeatures() {
    try (PointerScope scope = new PointerScope()) {
      Tensor queries = tensor(new double[] {100, 0}, 1, 1, 2);
      Tensor keys = tensor(new double[] {0, 9, 0, 8, 1, 7}, 1, 3, 2);
      Tensor values = tensor(new double[] {1, 10, 2, 20, 3, 60}, 1, 3, 2);
      assertThat(values(OPS.attention(queries, keys, values, 2, 1)))
          .containsExactly(new double[] {3, 30}, within(1e-9));
    }
  }

  /** One head of two features: weights e^(1/√2) and 1. */
  @Test
  void attentionScalesByTheRootOfItsFeatures() {
    try (PointerScope scope = new PointerScope()) {
      Tensor queries = tensor(new double[] {1, 0}, 1, 1, 2);
      Tensor keys = tensor(new double[] {1, 0, 0, 1}, 1, 2, 2);
      Tensor values = tensor(new double[] {1, 0, 0, 1}, 1, 2, 2);
      double weight = Math.exp(Math.sqrt(.5)) / (Math.exp(Math.sqrt(.5)) + 1);
      assertThat(values(OPS.attention(queries, keys, values, 1, 2)))
          .containsExactly(new double[] {weight, 1 - weight}, within(1e-9));
    }
  }

  /** A convolution of one pixel by 1 with the given bias, then the normalisation. */
  private static Map<String, Tensor> normalisation(double bias) {
    Map<String, Tensor> parameters = new LinkedHashMap<>();
    parameters.put("l.conv.weight", tensor(new double[] {1}, 1, 1, 1, 1));
    parameters.put("l.conv.bias", tensor(new double[] {bias}, 1));
    parameters.put("l.norm.weight", tensor(new double[] {1}, 1));
    parameters.put("l.norm.bias", tensor(new double[] {0}, 1));
    parameters.put("l.norm.running_mean", tensor(new double[] {0}, 1));
    parameters.put("l.norm.running_var", tensor(new double[] {1}, 1));
    return parameters;
  }

  @Test
  void batchNormalisesByTheBatchInTrainingAndByRunningValuesAfter() {
    try (PointerScope scope = new PointerScope();
        AutoGradMode off = new AutoGradMode(false)) {
      Map<String, Tensor> parameters = normalisation(0);
      Tensor x = tensor(new double[] {1, 2, 3, 4}, 4, 1, 1, 1);
      Conv pixel = new Conv(1, 1, 1, 1, 0, false);
      assertThat(values(new TorchOps(parameters, true, ScalarType.Double).convNorm("l", x, pixel)))
          .containsExactly(new double[] {-1.3416354, -.4472118, .4472118, 1.3416354}, within(1e-7));
      assertThat(values(parameters.get("l.norm.running_mean")))
          .containsExactly(new double[] {.25}, within(1e-12));
      assertThat(values(parameters.get("l.norm.running_var")))
          .containsExactly(new double[] {1.0666666}, within(1e-7));
      double deviation = Math.sqrt(16 / 15.0 + 1e-5);
      assertThat(values(new TorchOps(parameters, false, ScalarType.Double).convNorm("l", x, pixel)))
          .containsExactly(
              new double[] {.75 / deviation, 1.75 / deviation, 2.75 / deviation, 3.75 / deviation},
              within(1e-9));
    }
  }

  @Test
  void biasBeforeNormalisationMovesTheRunningMeanAlone() {
    try (PointerScope scope = new PointerScope();
        AutoGradMode off = new AutoGradMode(false)) {
      Map<String, Tensor> parameters = normalisation(5);
      Tensor x = tensor(new double[] {1, 2, 3, 4}, 4, 1, 1, 1);
      Conv pixel = new Conv(1, 1, 1, 1, 0, false);
      assertThat(values(new TorchOps(parameters, true, ScalarType.Double).convNorm("l", x, pixel)))
          .containsExactly(new double[] {-1.3416354, -.4472118, .4472118, 1.3416354}, within(1e-7));
      // 0.9·0 + 0.1·(2.5 + 5)
      assertThat(values(parameters.get("l.norm.running_mean")))
          .containsExactly(new double[] {.75}, within(1e-12));
    }
  }
}
