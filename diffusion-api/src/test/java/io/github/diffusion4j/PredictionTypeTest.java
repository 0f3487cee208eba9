package io.github.diffusion4j;

import static io.github.diffusion4j.TestTensors.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PredictionTypeTest {

  private static final Shape SHAPE = Shape.images(2, 3, 4, 4);
  private static final Tensor CLEAN = TestTensors.noise(1, SHAPE);
  private static final Tensor NOISE = TestTensors.noise(2, SHAPE);
  private static final List<NoiseLevel> LEVELS =
      List.of(
          NoiseSchedule.rectifiedFlow().at(.3),
          NoiseSchedule.squaredCosine(1000).at(500),
          NoiseLevel.of(1, 5, 0));

  static Stream<PredictionType> types() {
    return Stream.concat(ClassifierFreeTest.types(), Stream.of(PredictionType.edm(.5)));
  }

  @ParameterizedTest
  @MethodSource("types")
  void splittingTheTrainingTargetGivesBothParts(PredictionType type) {
    for (NoiseLevel level : LEVELS) {
      Tensor x = level.mix(CLEAN, NOISE);
      Estimate estimate = type.split(x, type.target(CLEAN, NOISE, level), level);
      assertClose(estimate.clean(), CLEAN, 1e-5);
      assertClose(estimate.noise(), NOISE, 1e-5);
    }
  }

  @ParameterizedTest
  @MethodSource("types")
  void bothPartsOfAnyPredictionMixToTheImage(PredictionType type) {
    Tensor prediction = TestTensors.noise(3, SHAPE);
    for (NoiseLevel level : LEVELS) {
      Tensor x = level.mix(CLEAN, NOISE);
      Estimate estimate = type.split(x, prediction, level);
      assertClose(level.mix(estimate.clean(), estimate.noise()), x, 1e-5);
    }
  }

  @Test
  void velocityIsTheKnownFormulaOnAVariancePreservingPath() {
    NoiseLevel level = NoiseSchedule.squaredCosine(1000).at(300);
    assertClose(
        PredictionType.VELOCITY.target(CLEAN, NOISE, level),
        Tensors.mix(level.signal(), NOISE, -level.noise(), CLEAN),
        1e-6);
  }

  @Test
  void edmSkipsAndScalesAsKarrasDoes() {
    double sigma = 3;
    double data = .5;
    double norm = sigma * sigma + data * data;
    NoiseLevel level = NoiseLevel.of(1, sigma, 0);
    Tensor x = level.mix(CLEAN, NOISE);
    Tensor output = TestTensors.noise(4, SHAPE);
    assertClose(
        PredictionType.edm(data).split(x, output, level).clean(),
        Tensors.mix(data * data / norm, x, sigma * data / Math.sqrt(norm), output),
        1e-5);
  }

  @Test
  void epsilonSaysNothingWithoutSignalNorCleanWithoutNoise() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PredictionType.EPSILON.split(CLEAN, NOISE, NoiseLevel.of(0, 1, 7)))
        .withMessageContaining("EPSILON")
        .withMessageContaining("network time 7");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PredictionType.CLEAN.split(CLEAN, NOISE, NoiseLevel.of(1, 0, 0)))
        .withMessageContaining("CLEAN");
  }

  @Test
  void aTypeIsFoundByItsName() {
    types()
        .filter(type -> !type.toString().startsWith("EDM"))
        .forEach(type -> assertThat(PredictionType.named(type.toString())).isSameAs(type));
    PredictionType edm = PredictionType.named("EDM(0.5)");
    assertThat(edm).hasToString("EDM(0.5)");
    assertThat(edm.isAlike(PredictionType.edm(0.5))).isTrue();
    assertThat(PredictionType.named(PredictionType.edm(1e-4).toString()))
        .hasToString("EDM(1.0E-4)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PredictionType.named("epsilon"))
        .withMessageContaining("EPSILON, CLEAN")
        .withMessageContaining("got epsilon");
    assertThatIllegalArgumentException().isThrownBy(() -> PredictionType.named("EDM(0)"));
    assertThatIllegalArgumentException().isThrownBy(() -> PredictionType.named("EDM(-1)"));
  }
}
