package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.diffusion4j.NoiseLevel;
import io.github.diffusion4j.NoiseSchedule;
import io.github.diffusion4j.PredictionType;
import io.github.diffusion4j.train.torch.Batch;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The course's objectives: which levels, which targets, which weights. */
class ObjectiveTest {

  private static final UNet PLAIN = UNet.width(4).images(1, 8);

  @TempDir Path folder;

  private static Batch batch(UNet network, Objective objective) {
    Training training = Blobs.TRAINING.batch(1000).objective(objective);
    return new Batches(network, training, new Blobs(1000))
        .batch(IntStream.range(0, 1000).toArray(), 0, 1);
  }

  @Test
  void denoiserSeesTheImageWithNoiseAddedAndMustGiveTheImage() {
    Batch batch = batch(PLAIN, Objective.denoising(.5, .5));
    assertThat(batch.signal()).containsOnly(1);
    assertThat(batch.noise()).containsOnly(.5f);
    assertThat(batch.cleanFactor()).containsOnly(1);
    assertThat(batch.noiseFactor()).containsOnly(0);
    assertThat(batch.conditions()).isEmpty();
    assertThat(batch.weights()).isEmpty();
  }

  @Test
  void drawnNoiseIsEvenBetweenItsEnds() {
    Batch batch = batch(PLAIN, Objective.denoising(.2, 1.2));
    double mean = 0;
    for (float sigma : batch.noise()) {
      assertThat(sigma).isBetween(.2f, 1.2f);
      mean += sigma / 1000;
    }
    assertThat(mean).isCloseTo(.7, within(.05));
    assertThat(batch.signal()).containsOnly(1);
  }

  @Test
  void pureNoiseKnowsNothingOfTheImage() {
    Batch batch = batch(PLAIN, Objective.pureNoise());
    assertThat(batch.signal()).containsOnly(0);
    assertThat(batch.noise()).containsOnly(1);
    assertThat(batch.cleanFactor()).containsOnly(1);
    assertThat(batch.noiseFactor()).containsOnly(0);
  }

  @Test
  void ddpmIsToldItsStepsFromOneAsShareOfAll() {
    Batch batch = batch(Blobs.NET, Objective.ddpm(300));
    NoiseSchedule table = NoiseSchedule.linear(300, 1e-4, .02);
    float[] times = batch.conditions().get("timestep");
    for (int i = 0; i < 1000; i++) {
      double step = times[i] * 300;
      assertThat(step).isCloseTo(Math.rint(step), within(1e-4)).isBetween(.99, 300.01);
      NoiseLevel level = table.at(Math.rint(step) - 1);
      assertThat(batch.signal()[i]).isEqualTo((float) level.signal());
      assertThat(batch.noise()[i]).isEqualTo((float) level.noise());
    }
    assertThat(batch.noiseFactor()).containsOnly(1);
  }

  /** What the documentation says is left of the image at the last level. */
  @ParameterizedTest
  @CsvSource({"1000, .006", "300, .22", "200, .36"})
  void ddpmOfFewLevelsEndsBeforePureNoise(int levels, double share) {
    assertThat(Objective.ddpm(levels).level(Math.nextDown(1.0)).signal())
        .isCloseTo(share, within(.005));
  }

  @Test
  void targetsAreThoseOfThePredictionType() {
    for (PredictionType type :
        new PredictionType[] {
          PredictionType.EPSILON, PredictionType.CLEAN, PredictionType.VELOCITY
        }) {
      Batch batch = batch(Blobs.NET, Objective.ddpm(300).prediction(type));
      for (int i = 0; i < 1000; i++) {
        NoiseLevel level = NoiseLevel.of(batch.signal()[i], batch.noise()[i], 0);
        assertThat(batch.cleanFactor()[i])
            .isCloseTo((float) type.cleanFactor(level), within(1e-6f));
        assertThat(batch.noiseFactor()[i])
            .isCloseTo((float) type.noiseFactor(level), within(1e-6f));
      }
    }
  }

  @Test
  void someStepsOfADiscreteScheduleCanBeTrainedAlone() {
    Objective few = Objective.ddpm(300).positions(7, 9);
    float[] times = batch(Blobs.NET, few).conditions().get("timestep");
    assertThat(IntStream.range(0, 1000).map(i -> Math.round(times[i] * 300)).distinct())
        .containsExactlyInAnyOrder(8, 9, 10);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 40, 150, 299})
  void minSnrWeighsThePredictionsAsPublished(int position) {
    NoiseLevel level = NoiseSchedule.linear(300, 1e-4, .02).at(position);
    double snr = Math.pow(level.signal() / level.noise(), 2);
    double cap = Math.min(snr, 5);
    LossWeighting weighting = LossWeighting.minSnr(5);
    assertThat(weighting.weight(level, PredictionType.CLEAN)).isCloseTo(cap, within(1e-6));
    assertThat(weighting.weight(level, PredictionType.EPSILON)).isCloseTo(cap / snr, within(1e-6));
    assertThat(weighting.weight(level, PredictionType.VELOCITY))
        .isCloseTo(cap / (snr + 1), within(1e-6));
  }

  @Test
  void minSnrIsFiniteAtBothEnds() {
    LossWeighting weighting = LossWeighting.minSnr(5);
    NoiseLevel clean = NoiseLevel.of(1, 0, 0);
    NoiseLevel noise = NoiseLevel.of(0, 1, 0);
    assertThat(weighting.weight(clean, PredictionType.CLEAN)).isCloseTo(5, within(1e-6));
    assertThat(weighting.weight(clean, PredictionType.FLOW)).isCloseTo(0, within(1e-6));
    assertThat(weighting.weight(noise, PredictionType.EPSILON)).isCloseTo(1, within(1e-6));
    assertThat(weighting.weight(noise, PredictionType.CLEAN)).isCloseTo(0, within(1e-6));
  }

  @Test
  void weightsReachTheLoss() {
    Objective flow = Objective.flowMatching().positions(.9, .9);
    double plain = firstLoss(flow);
    // SNR is 1/81, below γ, and the flow's determinant is 1: SNR·s² = a² = 0.01.
    assertThat(firstLoss(flow.weighting(LossWeighting.minSnr(5))) / plain)
        .isCloseTo(.01, within(1e-5));
  }

  private static double firstLoss(Objective objective) {
    try (Trainer trainer =
        Trainer.start(Blobs.NET, Blobs.TRAINING.objective(objective), new Blobs(20))) {
      return trainer.iterator().next().iterator().next().loss();
    }
  }

  static Training[] trainings() {
    return new Training[] {
      Training.denoising(.5),
      Training.of(Objective.denoising(.1, 2.5)),
      Training.pureNoise(),
      Training.ddpm(300),
      Training.of(Objective.ddpm(10).prediction(PredictionType.VELOCITY).positions(2, 3)),
      Training.of(Objective.flowMatching().weighting(LossWeighting.minSnr(5)))
    };
  }

  @ParameterizedTest
  @MethodSource("trainings")
  void isReadBackFromACheckpoint(Training training) {
    Training small = training.batch(8).epochs(1).threads(1);
    Blobs data = new Blobs(20);
    try (Trainer trainer = Trainer.start(Blobs.NET, small, data, folder)) {
      trainer.forEach(epoch -> epoch.forEach(step -> {}));
    }
    try (Trainer trainer = Trainer.resume(folder, data)) {
      assertThat(trainer.training()).hasToString(small.toString());
    }
    try (TrainedDenoiser denoiser = TrainedDenoiser.open(folder)) {
      assertThat(denoiser.schedule()).hasToString(training.objective().schedule().toString());
      assertThat(denoiser.prediction()).isEqualTo(training.objective().prediction());
    }
  }

  @Test
  void positionsThatThePathDoesNotHaveAreNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Objective.denoising(-.1, .5))
        .withMessageContaining("position must be in [0.0, 1.0], got -0.1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Objective.flowMatching().positions(.6, .5))
        .withMessageContaining("at most the highest, got 0.6 and 0.5");
    assertThatIllegalArgumentException().isThrownBy(() -> Objective.ddpm(300).positions(0, 300));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LossWeighting.minSnr(0))
        .withMessageContaining("γ must be finite and above 0, got 0.0");
  }

  @ParameterizedTest
  @CsvSource({"FLOW_TO_DATA, true", "VELOCITY, true", "CLEAN, true", "EPSILON, false"})
  void whatCannotBeSampledIsNotTrained(String name, boolean isFine) {
    Objective flow = Objective.flowMatching().prediction(PredictionType.named(name));
    if (isFine) {
      flow.checkIsAnswer();
    } else {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Trainer.start(Blobs.NET, Blobs.TRAINING.objective(flow), new Blobs(20)))
          .withMessageStartingWith("EPSILON must tell image and noise apart at position 1.0 of")
          .withMessageContaining("got signal 0.0, noise 1.0");
      flow.positions(0, .98).checkIsAnswer();
    }
    Objective.pureNoise().checkIsAnswer();
    Objective.denoising(0, 0).checkIsAnswer();
    Objective.ddpm(1).checkIsAnswer();
  }
}
