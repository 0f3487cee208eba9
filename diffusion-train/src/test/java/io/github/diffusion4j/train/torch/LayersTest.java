package io.github.diffusion4j.train.torch;

import static io.github.diffusion4j.train.torch.Doubles.tensor;
import static io.github.diffusion4j.train.torch.Doubles.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.diffusion4j.train.net.Conv;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Single layers against numbers worked out by hand or measured in PyTorch. */
@SuppressWarnings("try") // scopes work by being open
class LayersTest {

  @BeforeAll
  static void oneThread() {
    Engine.useThreads(1);
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
