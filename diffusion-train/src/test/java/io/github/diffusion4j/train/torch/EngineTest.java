package io.github.diffusion4j.train.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.diffusion4j.train.UNet;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.junit.jupiter.api.Test;

class EngineTest {

  /** LibTorch would read behind the end of the array, and end the process. */
  @Test
  void arraysThatDoNotFillTheirShapesAreRefused() {
    UNet network = UNet.width(4).images(1, 8);
    try (Engine engine = Engine.training(network, Compute.FLOAT32, 1, Rule.ADAM, Group.ALONE)) {
      float[] two = {1, 1};
      long[] shape = {2, 1, 8, 8};
      Batch half = new Batch(shape, new float[64], two, two, two, two, new float[0], Map.of());
      assertThatIllegalArgumentException()
          .isThrownBy(() -> engine.step(half, 1e-3, 1))
          .withMessageContaining("expected 128 values for shape [2, 1, 8, 8], got 64");
      long[] grown = {2, 1, 16, 16};
      Batch large = new Batch(grown, new float[512], two, two, two, two, new float[0], Map.of());
      assertThatIllegalArgumentException()
          .isThrownBy(() -> engine.step(large, 1e-3, 1))
          .withMessageContaining("expected 128 values for shape [2, 1, 8, 8], got 512");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> engine.predict(Map.of("sample", new float[65]), 1))
          .withMessageContaining("expected 64 values for shape [1, 1, 8, 8], got 65");
    }
  }

  @Test
  void whatPredictsHasNoMoments() {
    Rule averaging = new Rule(.9, .999, 1e-8, 0, 0, .5, 1);
    UNet network = UNet.width(4).images(1, 8);
    try (Engine engine = Engine.training(network, Compute.FLOAT32, 1, averaging, Group.ALONE)) {
      assertThat(engine.predictingState().keySet())
          .allMatch(name -> name.startsWith("model.") || name.startsWith("average."))
          .anyMatch(name -> name.startsWith("average."));
      assertThat(engine.state().keySet())
          .containsAll(engine.predictingState().keySet())
          .anyMatch(name -> name.startsWith("adam.first."));
    }
  }

  /** The layout for which oneDNN's convolutions need no copies. */
  @Test
  @SuppressWarnings("try") // scopes work by being open
  void weightsOfConvolutionsAreChannelsLast() {
    try (PointerScope scope = new PointerScope();
        Model model = Model.initial(UNet.width(4).images(3, 8), Compute.FLOAT32, 1)) {
      List<Tensor> weights =
          model.tensors().values().stream()
              .filter(t -> t.dim() == 4 && t.size(1) > 1 && t.size(2) > 1)
              .toList();
      assertThat(weights).hasSizeGreaterThan(10);
      for (Tensor weight : weights) {
        assertThat(weight.is_contiguous(MemoryFormat.ChannelsLast)).isTrue();
        assertThat(weight.is_contiguous()).isFalse();
      }
    }
  }
}
