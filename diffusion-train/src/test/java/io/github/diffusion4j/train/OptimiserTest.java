package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.diffusion4j.train.parameters.Values;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the optimiser's settings do to a run. */
class OptimiserTest {

  private static final Blobs DATA = new Blobs(20);

  /** All of them at once. */
  static final Optimiser ALL =
      Optimiser.adamW(1e-2, .1)
          .rates(RateSchedule.cosine(.1).warmUp(4))
          .betas(.8, .99, 1e-7)
          .clipNorm(.5)
          .ema(.9)
          .accumulation(2);

  @TempDir Path folder;

  private static List<Double> losses(Optimiser optimiser) {
    List<Double> losses = new ArrayList<>();
    try (Trainer trainer = Trainer.start(Blobs.NET, Blobs.TRAINING.optimiser(optimiser), DATA)) {
      trainer.forEach(epoch -> epoch.forEach(step -> losses.add(step.loss())));
    }
    return losses;
  }

  @Test
  void everySettingButTheAverageChangesTheLosses() {
    Optimiser plain = Optimiser.adam(1e-2);
    List<Double> expected = losses(plain);
    assertThat(losses(plain.ema(.9))).isEqualTo(expected);
    assertThat(losses(Optimiser.adamW(1e-2, 0))).isEqualTo(expected);
    assertThat(losses(plain.clipNorm(1e9))).isEqualTo(expected);
    for (Optimiser other :
        List.of(
            Optimiser.adamW(1e-2, .1),
            plain.betas(.8, .99, 1e-8),
            plain.rates(RateSchedule.cosine(0)),
            plain.clipNorm(.01),
            plain.accumulation(2))) {
      assertThat(losses(other)).isNotEqualTo(expected);
    }
  }

  @Test
  void stepsTellTheirRates() {
    Training training =
        Blobs.TRAINING.optimiser(
            Optimiser.adam(.01).rates(RateSchedule.exponential(.125).warmUp(2)));
    List<Double> rates = new ArrayList<>();
    try (Trainer trainer = Trainer.start(Blobs.NET, training, DATA)) {
      trainer.forEach(epoch -> epoch.forEach(step -> rates.add(step.rate())));
    }
    assertThat(rates)
        .usingElementComparator((a, b) -> Math.abs(a - b) < 1e-12 ? 0 : 1)
        .containsExactly(.005, .01, .01, .005, .005, .005, .0025, .0025, .0025);
  }

  @Test
  void averageIsWhatIsSampledAndExported() {
    Training training = Blobs.TRAINING.epochs(1).optimiser(Optimiser.adam(1e-2).ema(.99));
    try (Trainer trainer = Trainer.start(Blobs.NET, training, DATA, folder)) {
      trainer.forEach(epoch -> epoch.forEach(step -> {}));
    }
    Checkpoint saved = Checkpoint.read(folder.resolve("epoch-0001.safetensors"));
    Map<String, Values> sampled = saved.sampled();
    assertThat(sampled.get("model.out.bias").floats())
        .isEqualTo(saved.tensors().get("average.out.bias").floats())
        .isNotEqualTo(saved.tensors().get("model.out.bias").floats());
    assertThat(sampled.keySet())
        .allMatch(name -> name.startsWith("model.") && saved.tensors().containsKey(name));
    Checkpoint plain = saved.with(training.optimiser(Optimiser.adam(1e-2)));
    try (TrainedDenoiser averaged = TrainedDenoiser.of(saved, 0, 0);
        TrainedDenoiser last = TrainedDenoiser.of(plain, 0, 0)) {
      assertThat(averaged.loss(DATA)).isNotEqualTo(last.loss(DATA));
    }
  }

  @Test
  void lossOnOtherImagesIsTheSameWheneverItIsAskedAndChangesNothing() {
    Blobs held = new Blobs(13);
    List<Double> expected = losses(Optimiser.adam(1e-2));
    List<Double> found = new ArrayList<>();
    List<Double> asked = new ArrayList<>();
    Training training = Blobs.TRAINING.optimiser(Optimiser.adam(1e-2));
    try (Trainer trainer = Trainer.start(Blobs.NET, training, DATA)) {
      for (Epoch epoch : trainer) {
        for (TrainingStep step : epoch) {
          found.add(step.loss());
          try (TrainedDenoiser denoiser = trainer.denoiser()) {
            asked.add(denoiser.loss(held));
            assertThat(denoiser.loss(held)).isEqualTo(asked.get(asked.size() - 1));
          }
        }
      }
    }
    assertThat(found).isEqualTo(expected);
    assertThat(asked.get(asked.size() - 1)).isLessThan(asked.get(0));
  }

  @Test
  void valuesOutOfRangeAreNamed() {
    Optimiser adam = Optimiser.adam(1e-2);
    assertThatIllegalArgumentException().isThrownBy(() -> Optimiser.adam(0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Optimiser.adamW(1e-2, -1))
        .withMessageContaining("weight decay must be in")
        .withMessageContaining("got -1.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> adam.betas(1, .9, 0))
        .withMessageContaining("β₁ must be in [0, 1), got 1.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> adam.clipNorm(Double.NaN))
        .withMessageContaining("got NaN");
    assertThatIllegalArgumentException() // what LibTorch cannot make a float of
        .isThrownBy(() -> adam.clipNorm(Double.MAX_VALUE))
        .withMessageContaining("largest norm of the gradient must be in [0.0, 3.4");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> adam.ema(1))
        .withMessageContaining("decay of the average must be in [0, 1), got 1.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> adam.accumulation(0))
        .withMessageContaining("parts of a batch must be at least 1, got 0");
  }
}
