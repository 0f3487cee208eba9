package io.github.diffusion4j.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.diffusion4j.Conditioning;
import io.github.diffusion4j.Denoiser;
import io.github.diffusion4j.DiffusionModel;
import io.github.diffusion4j.Estimate;
import io.github.diffusion4j.Noise;
import io.github.diffusion4j.NoiseSchedule;
import io.github.diffusion4j.PredictionType;
import io.github.diffusion4j.Query;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.image.PixelRange;
import io.github.diffusion4j.image.Resize;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Acceptance 27: what a stage II is told. */
class EnlargingTest {

  private static final NoiseSchedule COSINE = NoiseSchedule.squaredCosine(1000);
  private static final Shape LARGE = Shape.images(1, 3, 256, 256);

  /** A network that takes every image for black, and keeps what it was asked. */
  private static final class Listener implements DiffusionModel {

    private final List<Query> asked = new ArrayList<>();

    @Override
    public NoiseSchedule schedule() {
      return COSINE;
    }

    @Override
    public PredictionType prediction() {
      return PredictionType.CLEAN;
    }

    @Override
    public List<Estimate> estimate(List<Query> queries) {
      asked.addAll(queries);
      return Denoiser.of((x, times, inputs) -> x.times(0), prediction()).estimate(queries);
    }

    @Override
    public void close() {}
  }

  @Test
  void bothQuestionsAreToldTheNoisedImageAndItsLevel() {
    Listener network = new Listener();
    float[] values = new float[3 * 64 * 64];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(.01 * i);
    }
    Tensor small = Tensor.of(Shape.images(1, 3, 64, 64), values);
    Tensor image =
        Pipeline.of(network, (String text) -> Conditioning.none(), "", LARGE, PixelRange.SIGNED)
            .enlarging(new Enlarging(small, 250, COSINE))
            .generate("a pencil")
            .guidance(4)
            .steps(1)
            .noise(Noise.torch(42))
            .tensor();
    assertThat(image.shape()).isEqualTo(LARGE);
    assertThat(network.asked).hasSize(2);

    float[] clean = Resize.bilinear(small, 256, 256).toArray();
    Noise.Stream draws = Noise.torch(42).stream(LARGE);
    float[] start = draws.next().toArray();
    float[] second = draws.next().toArray();
    for (Query query : network.asked) {
      assertThat(query.x().toArray()).containsExactly(start, within(1e-5f));
      Tensor level = query.conditioning().globals().get(Enlarging.LEVEL);
      assertThat(level).isEqualTo(Tensor.of(Shape.of(1), 250));
      Tensor told = query.conditioning().spatials().get(Enlarging.IMAGE);
      assertThat(told.shape()).isEqualTo(LARGE);
      float[] noised = told.toArray();
      for (int i = 0; i < noised.length; i += 97) {
        assertThat((double) noised[i])
            .isCloseTo(.91972171 * clean[i] + .39257099 * second[i], within(1e-6));
      }
    }
  }
}
