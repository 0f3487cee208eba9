package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.diffusion4j.train.parameters.Outline;
import io.github.diffusion4j.train.parameters.Values;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The losses of a network that always answers 0: the mean squares of what it is asked. */
class UntrainedLossTest {

  private static final Blobs DATA = new Blobs(1200);

  private static double loss(UNet network, Training training) {
    Map<String, Values> zeros = new TreeMap<>();
    for (Outline.Parameter parameter : Outline.of(network)) {
      ByteBuffer bytes = ByteBuffer.allocate(4 * parameter.elements());
      zeros.put("model." + parameter.name(), new Values(false, parameter.shape(), bytes));
    }
    Map<String, Object> about = Checkpoint.about(DATA);
    Checkpoint nothing =
        new Checkpoint(network, training, about, Provenance.here(""), Progress.NONE, zeros);
    try (TrainedDenoiser denoiser = TrainedDenoiser.of(nothing, 0, 0)) {
      return denoiser.loss(DATA);
    }
  }

  private static double meanSquare() {
    double sum = 0;
    for (float value : DATA.images(0, DATA.size()).toArray()) {
      sum += value * value;
    }
    return sum / (64 * DATA.size());
  }

  /** 76,800 squares of noise have a mean of 1 ± .005. */
  @Test
  void areThoseOfNoiseImageAndTheirDifference() {
    UNet plain = UNet.width(1).images(1, 8);
    UNet timed = plain.time(UNet.TimeEffect.SHIFT);
    assertThat(loss(timed, Training.ddpm(300))).isCloseTo(1, within(.02));
    assertThat(loss(timed, Training.flowMatching())).isCloseTo(1 + meanSquare(), within(.02));
    assertThat(loss(plain, Training.denoising(.5))).isCloseTo(meanSquare(), within(1e-6));
    assertThat(loss(plain, Training.pureNoise())).isCloseTo(meanSquare(), within(1e-6));
  }
}
