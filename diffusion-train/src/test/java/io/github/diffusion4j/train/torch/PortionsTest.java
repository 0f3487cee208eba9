package io.github.diffusion4j.train.torch;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.diffusion4j.train.UNet;
import io.github.diffusion4j.train.UNet.TimeEffect;
import io.github.diffusion4j.train.net.Input;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

/** Predictions for more images than are computed at a time. */
class PortionsTest {

  @Test
  @SuppressWarnings("try") // scopes work by being open
  void predictionsAreThoseOfAllImagesAtOnce() {
    Threads.use(1);
    UNet network = UNet.width(64).time(TimeEffect.SHIFT);
    try (PointerScope scope = new PointerScope();
        AutoGradMode off = new AutoGradMode(false);
        Model model = Model.initial(network, Compute.FLOAT32, 1)) {
      int count = 2 * (int) model.portion() + 3;
      Map<String, Tensor> inputs =
          Map.of(Input.SAMPLE, torch.randn(count, 1, 28, 28), Input.TIME, torch.rand(count));
      Tensor expected = model.forward(inputs, false);
      Tensor found = model.predict(inputs);
      assertThat(found.sizes().vec().get()).containsExactly(count, 1, 28, 28);
      assertThat(found.sub(expected).abs().max().item_double()).isLessThan(1e-5);
    }
  }
}
