package io.github.diffusion4j;

import static io.github.diffusion4j.TestTensors.assertClose;
import static io.github.diffusion4j.TestTensors.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CompositionTest {

  private static final NoiseLevel LEVEL = NoiseLevel.of(.8, .6, 0);
  private static final Tensor X = row(1, -2, 3, .5f);
  private static final Moment NOW = Moment.of(X, LEVEL, 0);
  private static final List<Tensor> PREDICTIONS =
      List.of(row(1, 2, 3, 4), row(2, 1, 4, 3), row(3, 3, 1, 0), row(0, 2, 5, 1));
  private static final Conditioning U = told(0);
  private static final Conditioning C = told(1);
  private static final Conditioning D = told(2);
  private static final Conditioning N = told(3);

  private static Conditioning told(int number) {
    return Conditioning.none().global("prompt", row(number));
  }

  static Stream<PredictionType> types() {
    return ClassifierFreeTest.types();
  }

  private static Estimate answer(Query query, PredictionType type) {
    int number = (int) query.conditioning().globals().get("prompt").get(0, 0, 0, 0);
    return type.split(query.x(), PREDICTIONS.get(number), query.level())
        .withVariance(row(number, number, number, number));
  }

  private static Estimate ask(Guidance guidance, PredictionType type) {
    Plan plan = guidance.plan(NOW);
    return plan.merge().apply(plan.queries().stream().map(query -> answer(query, type)).toList());
  }

  private static void assertPredicts(Guidance guidance, PredictionType type, float... expected) {
    Estimate estimate = ask(guidance, type);
    assertClose(type.target(estimate.clean(), estimate.noise(), LEVEL), row(expected), 1e-5);
    assertClose(LEVEL.mix(estimate.clean(), estimate.noise()), X, 1e-5);
    assertThat(estimate.type()).contains(type);
  }

  @ParameterizedTest
  @MethodSource("types")
  void promptsAddUpTheirDirections(PredictionType type) {
    Composition both = Guidance.compose(U).towards(3, C).towards(2, D);
    assertPredicts(both.towards(-1.5, N), type, 9.5f, 1, -1, -2.5f);
    assertPredicts(Guidance.compose(U).towards(7, C), type, 8, -5, 10, -3);
  }

  @ParameterizedTest
  @MethodSource("types")
  void whatIsAvoidedCountsAsFarAsItIsPerpendicular(PredictionType type) {
    Composition towards = Guidance.compose(U).towards(7, C);
    assertPredicts(towards.avoiding(7 * 1.5, N), type, 29, -15.5f, -.5f, 18);
    Composition both = Guidance.compose(U).towards(3, C).towards(2, D);
    assertPredicts(both.avoiding(1.5, N), type, 10.965116f, .790698f, -1.209302f, -4.802326f);
    assertPredicts(towards.avoiding(7, C), type, 8, -5, 10, -3);
    assertPredicts(Guidance.compose(U).avoiding(1, N), type, 2, 2, 1, 7);
  }

  @Test
  void whatIsPerpendicularTakesNothingFromTheMainDirection() {
    Tensor main = Tensors.mix(1, PREDICTIONS.get(1), -1, PREDICTIONS.get(0));
    Tensor with =
        ask(Guidance.compose(U).towards(2, C).avoiding(3, N), PredictionType.EPSILON).noise();
    Tensor without = ask(Guidance.compose(U).towards(2, C), PredictionType.EPSILON).noise();
    double along = PerImage.dot(Tensors.mix(1, with, -1, without), main)[0];
    assertThat(along).isCloseTo(0, within(1e-5));
  }

  @Test
  void onePromptIsClassifierFreeGuidance() {
    Estimate composed = ask(Guidance.compose(U).towards(7, C), PredictionType.FLOW);
    Estimate guided = ask(Guidance.classifierFree(7, C, U), PredictionType.FLOW);
    assertThat(composed.clean()).isEqualTo(guided.clean());
    assertThat(composed.noise()).isEqualTo(guided.noise());
    assertThat(composed.variance()).isEqualTo(guided.variance());
  }

  @Test
  void onlyWhatMattersIsAsked() {
    assertAsks(Guidance.compose(U), U);
    assertAsks(Guidance.compose(U).towards(0, C).avoiding(0, N), U);
    assertAsks(Guidance.compose(U).towards(1, C), C);
    assertAsks(Guidance.compose(U).towards(.1, C).towards(.2, D).towards(.7, N), C, D, N);
    assertAsks(Guidance.compose(U).towards(1, C).avoiding(1, N), U, C, N);
    assertAsks(Guidance.compose(U).towards(3, C).towards(-1, N), U, C, N);
  }

  private static void assertAsks(Guidance guidance, Conditioning... expected) {
    assertThat(guidance.plan(NOW).queries().stream().map(Query::conditioning))
        .containsExactly(expected);
  }

  @Test
  void theVarianceIsThatOfWhatIsAimedAt() {
    Composition base = Guidance.compose(U);
    assertVariance(base, 0);
    assertVariance(base.towards(3, C).avoiding(1, N), 1);
    assertVariance(base.towards(3, C).towards(1, D).towards(-1, N), 1.5f);
    assertVariance(base.towards(-1, N), 0);
  }

  private static void assertVariance(Guidance guidance, float expected) {
    assertThat(ask(guidance, PredictionType.EPSILON).variance())
        .contains(row(expected, expected, expected, expected));
  }

  @Test
  void itIsAValueThatComposes() {
    Composition base = Guidance.compose(U).towards(2, C);
    Composition more = base.avoiding(1, N);
    assertThat(base.plan(NOW).queries()).hasSize(2);
    for (Guidance composite :
        List.of(
            more.through(View.negate()),
            Guidance.mean(more, more.through(View.negate())),
            Guidance.hybrid(Filter.scale(.5), more, base),
            Guidance.classifierFree(3, more, base).rescaled(.7))) {
      Estimate estimate = ask(composite, PredictionType.FLOW);
      assertClose(LEVEL.mix(estimate.clean(), estimate.noise()), X, 1e-5);
    }
    assertThat(more).asString().startsWith("Composition[").contains("].towards(2.0, Single");
  }

  @Test
  void weightsHaveRanges() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Guidance.compose(U).towards(Double.NaN, C))
        .withMessageContaining("finite, got NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Guidance.compose(U).avoiding(-1, C))
        .withMessageContaining("at least 0 and finite, got -1.0");
  }
}
