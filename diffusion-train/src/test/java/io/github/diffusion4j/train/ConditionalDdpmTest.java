package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.diffusion4j.Conditioning;
import io.github.diffusion4j.Guidance;
import io.github.diffusion4j.Sampler;
import io.github.diffusion4j.Sampling;
import io.github.diffusion4j.Scheduler;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import org.junit.jupiter.api.Test;

/**
 * The course's DDPM with classes (Fall 2024, part B 2.4), on images whose bright row is the class.
 */
class ConditionalDdpmTest {

  private static final int STEPS = 300;
  private static final Conditioning NONE =
      Conditioning.none().global("class", Tensor.zeros(Shape.of(1, 3)));

  @Test
  void samplesAreOfTheClassThatIsAskedFor() {
    UNet network = UNet.width(8).images(1, 8).time(UNet.TimeEffect.SHIFT).classes(3);
    Training training = Training.ddpm(STEPS).batch(60).epochs(60).rate(3e-3).threads(1).seed(3);
    try (Trainer trainer = Trainer.start(network, training, new Blobs(600))) {
      trainer.forEach(epoch -> epoch.forEach(step -> {}));
      try (TrainedDenoiser denoiser = trainer.denoiser()) {
        int right = 0;
        for (int asked = 0; asked < 3; asked++) {
          Conditioning told = Conditioning.none().global("class", Tensor.oneHot(3, asked));
          Sampling request =
              Sampling.fromNoise(Shape.images(10, 1, 8, 8))
                  .steps(STEPS)
                  .scheduler(Scheduler.ddpm(Scheduler.Variance.LARGE))
                  .guidance(Guidance.classifierFree(5, told, NONE));
          float[] images = Sampler.of(denoiser).sample(request).toArray();
          for (int image = 0; image < 10; image++) {
            right += brightestRow(images, image) == 2 * asked + 1 ? 1 : 0;
          }
        }
        assertThat(right).as("of 30").isGreaterThanOrEqualTo(28);
      }
    }
  }

  private static int brightestRow(float[] images, int image) {
    int brightest = 0;
    double most = Double.NEGATIVE_INFINITY;
    for (int row = 0; row < 8; row++) {
      double sum = 0;
      for (int i = 0; i < 8; i++) {
        sum += images[64 * image + 8 * row + i];
      }
      if (sum > most) {
        most = sum;
        brightest = row;
      }
    }
    return brightest;
  }
}
