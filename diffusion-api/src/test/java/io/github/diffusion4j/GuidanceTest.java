package io.github.diffusion4j;

import static io.github.diffusion4j.TestTensors.assertClose;
import static io.github.diffusion4j.TestTensors.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GuidanceTest {

  private static final Conditioning A = Conditioning.none().global("class", Tensor.oneHot(3, 0));
  private static final Conditioning B = Conditioning.none().global("class", Tensor.oneHot(3, 1));
  private static final Conditioning C = Conditioning.none().global("class", Tensor.oneHot(3, 2));
  private static final NoiseLevel LEVEL = NoiseLevel.of(.6, .8, 0);
  private static final Tensor X = row(1, -2, 3, .5f);
  private static final Moment NOW = Moment.of(X, LEVEL, 0);

  /** Answers differ by class: the prediction of the class's noise. */
  private static Estimate answer(Query query) {
    Tensor told = query.conditioning().globals().get("class");
    int label = told.get(0, 0) == 1 ? 0 : told.get(0, 1) == 1 ? 1 : 2;
    Tensor noise = TestTensors.noise(label, query.x().shape());
    return PredictionType.EPSILON
        .split(query.x(), noise, query.level())
        .withVariance(TestTensors.noise(10 + label, query.x().shape()));
  }

  private static Estimate ask(Guidance guidance) {
    Plan plan = guidance.plan(NOW);
    return plan.merge().apply(plan.queries().stream().map(GuidanceTest::answer).toList());
  }

  private static Estimate single(Conditioning conditioning) {
    return ask(Guidance.of(conditioning));
  }

  @Test
  void classifierFreeGuidanceExtrapolates() {
    List<Estimate> answers =
        List.of(
            Estimate.of(row(0, 0, 0, 0), row(1, 2, 3, 4)),
            Estimate.of(row(0, 0, 0, 0), row(2, 1, 4, 3)));
    Estimate guided = Guidance.classifierFree(7, A, B).plan(NOW).merge().apply(answers);
    assertThat(guided.noise()).isEqualTo(row(8, -5, 10, -3));
  }

  @Test
  void scaleZeroAndOneAskOnceAndAnswerExactly() {
    Guidance none = Guidance.classifierFree(0, A, B);
    Guidance one = Guidance.classifierFree(1, A, B);
    assertThat(none.plan(NOW).queries()).hasSize(1);
    assertThat(one.plan(NOW).queries()).hasSize(1);
    assertThat(ask(none).clean()).isEqualTo(single(B).clean());
    assertThat(ask(one).clean()).isEqualTo(single(A).clean());
  }

  @Test
  void everyCompositeWithWeightsOfSumOneMixesBackToTheImage() {
    Guidance cfg = Guidance.classifierFree(7, A, B);
    List<Guidance> composites =
        List.of(
            cfg,
            Guidance.mean(cfg, Guidance.of(C)),
            Guidance.blend(
                new double[] {3, -1.5, -.5}, cfg, Guidance.of(C), Guidance.mean(cfg, cfg)),
            Guidance.classifierFree(2, cfg, Guidance.mean(Guidance.of(B), Guidance.of(C))));
    for (Guidance composite : composites) {
      Estimate estimate = ask(composite);
      assertClose(LEVEL.mix(estimate.clean(), estimate.noise()), X, 1e-5);
    }
  }

  @Test
  void allQuestionsOfNestedGuidancesAreInOnePlanInOrder() {
    Guidance nested =
        Guidance.mean(Guidance.classifierFree(7, A, B), Guidance.classifierFree(7, C, B));
    List<Conditioning> asked = new ArrayList<>();
    nested.plan(NOW).queries().forEach(query -> asked.add(query.conditioning()));
    assertThat(asked).containsExactly(B, A, B, C);
  }

  @Test
  void meanOfEqualGuidancesIsThatGuidance() {
    Guidance one = Guidance.of(A);
    assertClose(ask(Guidance.mean(one, one, one)).clean(), single(A).clean(), 1e-6);
  }

  @Test
  void classifierFreeGuidancePassesTheConditionalVarianceAndMeansTheMean() {
    assertThat(ask(Guidance.classifierFree(7, A, B)).variance()).isEqualTo(single(A).variance());
    Tensor mean =
        Tensors.mix(.5, single(A).variance().orElseThrow(), .5, single(B).variance().orElseThrow());
    assertClose(
        ask(Guidance.mean(Guidance.of(A), Guidance.of(B))).variance().orElseThrow(), mean, 1e-6);
  }

  @Test
  void weightsMustFitTheGuidances() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Guidance.blend(new double[] {.5, .6}, Guidance.of(A), Guidance.of(B)))
        .withMessageContaining("add up to 1, got 1.1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Guidance.blend(new double[] {1}, Guidance.of(A), Guidance.of(B)))
        .withMessageContaining("1 weights and 2 guidances");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Guidance.classifierFree(Double.NaN, A, B))
        .withMessageContaining("finite, got NaN");
    assertThatIllegalArgumentException().isThrownBy(Guidance::mean).withMessageContaining("0");
  }

  @Test
  void zerosAreOfTheSameInputsForOneImage() {
    Conditioning told =
        Conditioning.none()
            .global("class", Tensor.oneHot(3, 0, 1))
            .spatial("image", Tensor.of(Shape.of(1, 1, 1, 2), 4f, 5f));
    Conditioning zeros = told.zeros();
    assertThat(zeros.globals()).isEqualTo(Map.of("class", Tensor.zeros(Shape.of(1, 3))));
    assertThat(zeros.spatials()).isEqualTo(Map.of("image", Tensor.zeros(Shape.of(1, 1, 1, 2))));
    assertThat(Conditioning.none().zeros()).isEqualTo(Conditioning.none());
  }
}
