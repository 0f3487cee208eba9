package io.github.diffusion4j;

import static io.github.diffusion4j.TestTensors.assertClose;
import static io.github.diffusion4j.TestTensors.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ClassifierFreeTest {

  private static final NoiseLevel LEVEL = NoiseLevel.of(.6, .8, 0);
  private static final Tensor X = row(1, -2, 3, .5f);
  private static final Moment NOW = Moment.of(X, LEVEL, 3);
  private static final Tensor U = row(1, 2, 3, 4);
  private static final Tensor C = row(2, 1, 4, 3);
  private static final Conditioning NOTHING = Conditioning.none().global("given", row(0));
  private static final Conditioning GIVEN = Conditioning.none().global("given", row(1));
  private static final ClassifierFree CFG = cfg(7);

  private static ClassifierFree cfg(double scale) {
    return Guidance.classifierFree(scale, GIVEN, NOTHING);
  }

  static Stream<PredictionType> types() {
    return Stream.of(
        PredictionType.EPSILON,
        PredictionType.CLEAN,
        PredictionType.VELOCITY,
        PredictionType.FLOW,
        PredictionType.FLOW_TO_DATA);
  }

  private static Estimate ask(Guidance guidance, Moment now, PredictionType type) {
    Plan plan = guidance.plan(now.carrying(List.of()));
    return plan.merge()
        .apply(
            plan.queries().stream()
                .map(
                    query -> {
                      boolean given = query.conditioning().equals(GIVEN);
                      return type.split(query.x(), given ? C : U, query.level())
                          .withVariance(given ? row(.1f, .2f, .3f, .4f) : row(1, 1, 1, 1));
                    })
                .toList());
  }

  private static Tensor predicted(Guidance guidance, PredictionType type) {
    Estimate estimate = ask(guidance, NOW, type);
    return type.target(estimate.clean(), estimate.noise(), LEVEL);
  }

  private static int questions(Guidance guidance) {
    return guidance.plan(NOW).queries().size();
  }

  @ParameterizedTest
  @MethodSource("types")
  void everyFormHasThePublishedNumbersInTheTypeOfTheNetwork(PredictionType type) {
    double tolerance = type == PredictionType.EPSILON ? 1e-6 : 4e-6;
    assertClose(predicted(CFG, type), row(8, -5, 10, -3), tolerance);
    assertClose(predicted(CFG.originalFormulation(), type), row(9, -6, 11, -4), tolerance);
    assertClose(
        predicted(CFG.rescaled(.7), type),
        row(3.352029f, -2.095018f, 4.190036f, -1.257011f),
        tolerance);
    assertClose(
        predicted(CFG.projected(0), type), row(7.066667f, -5.466667f, 8.133333f, -4.4f), tolerance);
    assertClose(
        predicted(CFG.projected(0).limited(1), type),
        row(4.033333f, -1.733333f, 5.566667f, -.2f),
        tolerance);
    assertClose(predicted(CFG.optimised(), type), row(8.4f, -4.2f, 11.2f, -1.4f), tolerance);
  }

  @Test
  void neutralChangesAreThePlainForm() {
    Tensor plain = predicted(CFG, PredictionType.EPSILON);
    assertThat(predicted(CFG.rescaled(0), PredictionType.EPSILON)).isEqualTo(plain);
    assertThat(predicted(CFG.projected(1), PredictionType.EPSILON)).isEqualTo(plain);
    assertThat(predicted(CFG.limited(1e9), PredictionType.EPSILON)).isEqualTo(plain);
    assertThat(predicted(CFG.momentum(0), PredictionType.EPSILON)).isEqualTo(plain);
    assertThat(predicted(CFG.zeroInitial(3), PredictionType.EPSILON)).isEqualTo(plain);
    Interval always = Interval.ofNoise(0, Double.POSITIVE_INFINITY);
    assertThat(predicted(CFG.during(always), PredictionType.EPSILON)).isEqualTo(plain);
  }

  @Test
  void theOriginalFormulationIsTheCommonOneWithOneMore() {
    assertThat(predicted(CFG.originalFormulation(), PredictionType.FLOW))
        .isEqualTo(predicted(cfg(8), PredictionType.FLOW));
  }

  @Test
  void aBranchThatDoesNotMatterIsNotAsked() {
    List<Guidance> conditional =
        List.of(
            cfg(1),
            cfg(1).rescaled(.7),
            cfg(1).optimised(),
            cfg(0).originalFormulation(),
            cfg(0).originalFormulation().momentum(-.5).projected(0),
            CFG.zeroInitial(4),
            CFG.during(Interval.ofNoise(2, 3)));
    for (Guidance guidance : conditional) {
      Plan plan = guidance.plan(NOW.carrying(zeros(guidance)));
      assertThat(plan.queries()).as(guidance.toString()).hasSize(1);
      assertThat(plan.queries().get(0).conditioning()).isEqualTo(GIVEN);
    }
    List<Guidance> unconditional =
        List.of(
            cfg(0),
            cfg(0).projected(.5).momentum(-.5),
            cfg(-1).originalFormulation(),
            cfg(0).manifoldConstrained());
    for (Guidance guidance : unconditional) {
      Plan plan = guidance.plan(NOW);
      assertThat(plan.queries()).as(guidance.toString()).hasSize(1);
      assertThat(plan.queries().get(0).conditioning()).isEqualTo(NOTHING);
    }
    assertThat(predicted(cfg(0), PredictionType.EPSILON)).isEqualTo(U);
    assertThat(predicted(cfg(1).optimised(), PredictionType.EPSILON)).isEqualTo(C);
  }

  @Test
  void branchesThatMatterAreAsked() {
    assertThat(questions(cfg(0).rescaled(.5))).isEqualTo(2);
    assertThat(questions(cfg(0).optimised())).isEqualTo(2);
    assertThat(questions(cfg(1).projected(0))).isEqualTo(2);
    assertThat(questions(cfg(1).manifoldConstrained())).isEqualTo(2);
    assertThat(questions(cfg(-1).originalFormulation().limited(1))).isEqualTo(2);
    assertClose(predicted(cfg(0).optimised(), PredictionType.EPSILON), U.times(28. / 30), 1e-6);
  }

  private static List<Tensor> zeros(Guidance guidance) {
    return Collections.nCopies(guidance.memory(), Tensor.zeros(X.shape()));
  }

  @ParameterizedTest
  @MethodSource("types")
  void everyFormButTheConstrainedMixesBackToTheImage(PredictionType type) {
    List<UnaryOperator<ClassifierFree>> forms =
        List.of(
            cfg -> cfg,
            ClassifierFree::originalFormulation,
            cfg -> cfg.rescaled(.7),
            cfg -> cfg.projected(0).limited(.5),
            ClassifierFree::optimised,
            cfg -> cfg.zeroInitial(9),
            cfg -> cfg.optimised().projected(.5).rescaled(.5).originalFormulation());
    for (UnaryOperator<ClassifierFree> form : forms) {
      ClassifierFree guidance = form.apply(CFG);
      List<Guidance> composites =
          List.of(
              guidance,
              guidance.through(View.negate()),
              Guidance.mean(guidance, guidance.through(View.negate())),
              Guidance.hybrid(Filter.scale(.3), guidance, CFG),
              form.apply(Guidance.classifierFree(2, guidance, guidance.through(View.negate()))));
      for (Guidance composite : composites) {
        Estimate estimate = ask(composite, NOW, type);
        assertClose(LEVEL.mix(estimate.clean(), estimate.noise()), X, 1e-5);
      }
    }
  }

  @Test
  void aViewThatShowsTheSameGivesTheSame() {
    Guidance guidance = CFG.projected(0).limited(1).rescaled(.3);
    assertThat(predicted(guidance.through(View.identity()), PredictionType.EPSILON))
        .isEqualTo(predicted(guidance, PredictionType.EPSILON));
    Tensor negative = predicted(guidance.through(View.negate()), PredictionType.EPSILON);
    assertThat(negative).isEqualTo(predicted(guidance, PredictionType.EPSILON).times(-1));
  }

  @Test
  void aGuidedEstimateIsClampedButAClampedOneIsNotRescaled() {
    Guidance clamped = CFG.rescaled(.7).clamped(-1, 1);
    Estimate estimate = ask(clamped, NOW, PredictionType.FLOW);
    assertThat(estimate.clean())
        .isEqualTo(ask(CFG.rescaled(.7), NOW, PredictionType.FLOW).clean().clamp(-1, 1));
    Guidance wrong =
        Guidance.classifierFree(7, Guidance.of(GIVEN).clamped(-1, 1), Guidance.of(NOTHING))
            .rescaled(.7);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ask(wrong, NOW, PredictionType.FLOW))
        .withMessageContaining(".rescaled(0.7) acts on a network's prediction");
    Plan plan = CFG.optimised().plan(NOW);
    List<Estimate> untyped = List.of(Estimate.of(U, U), Estimate.of(C, C));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> plan.merge().apply(untyped))
        .withMessageContaining("PredictionType");
    List<Estimate> typed = untyped.stream().map(e -> e.withType(PredictionType.EPSILON)).toList();
    assertClose(plan.merge().apply(typed).noise(), row(8.4f, -4.2f, 11.2f, -1.4f), 1e-6);
  }

  @Test
  void constrainedGuidanceHasGuidedImagesAndUnconditionalNoise() {
    Estimate u = ask(cfg(0), NOW, PredictionType.EPSILON);
    Estimate c = ask(cfg(1), NOW, PredictionType.EPSILON);
    Estimate constrained = ask(cfg(.6).manifoldConstrained(), NOW, PredictionType.EPSILON);
    assertThat(constrained.noise()).isEqualTo(u.noise());
    assertClose(constrained.clean(), Tensors.mix(.4, u.clean(), .6, c.clean()), 1e-6);
    assertThat(constrained.variance()).isEqualTo(c.variance());
    assertThat(constrained.type()).isEmpty();
    assertThat(ask(cfg(0).manifoldConstrained(), NOW, PredictionType.EPSILON).clean())
        .isEqualTo(u.clean());
    assertThat(ask(cfg(1).manifoldConstrained(), NOW, PredictionType.EPSILON).clean())
        .isEqualTo(c.clean());
  }

  @Test
  void theVarianceIsTheConditionalOnesInEveryForm() {
    for (Guidance guidance :
        List.of(CFG, CFG.rescaled(.5), CFG.optimised(), CFG.projected(0), CFG.zeroInitial(9))) {
      assertThat(ask(guidance, NOW, PredictionType.EPSILON).variance())
          .contains(row(.1f, .2f, .3f, .4f));
    }
  }

  @Test
  void predictionsWithoutLengthOrDeviationAreNotDividedBy() {
    Tensor zero = Tensor.zeros(X.shape());
    List<Estimate> nothing =
        List.of(
            PredictionType.EPSILON.split(X, zero, LEVEL),
            PredictionType.EPSILON.split(X, zero, LEVEL));
    Guidance all = CFG.optimised().projected(0).limited(1).rescaled(1);
    assertThat(all.plan(NOW).merge().apply(nothing).noise().isFinite()).isTrue();
  }

  @Test
  void imagesOfABatchAreGuidedAlone() {
    Guidance guidance = cfg(7).projected(0).limited(1).rescaled(.5).optimised();
    Tensor x = Tensors.concat(List.of(X, X.times(2)));
    List<Tensor> u = List.of(U, C.times(3));
    List<Tensor> c = List.of(C, U.times(-2));
    Estimate both =
        guidance
            .plan(Moment.of(x, LEVEL, 0))
            .merge()
            .apply(
                List.of(
                    PredictionType.FLOW.split(x, Tensors.concat(u), LEVEL),
                    PredictionType.FLOW.split(x, Tensors.concat(c), LEVEL)));
    for (int i = 0; i < 2; i++) {
      Tensor image = x.images(i, i + 1);
      Estimate alone =
          guidance
              .plan(Moment.of(image, LEVEL, 0))
              .merge()
              .apply(
                  List.of(
                      PredictionType.FLOW.split(image, u.get(i), LEVEL),
                      PredictionType.FLOW.split(image, c.get(i), LEVEL)));
      assertThat(both.clean().images(i, i + 1)).isEqualTo(alone.clean());
    }
  }

  @Test
  void parametersHaveRanges() {
    refused(() -> cfg(Double.NaN), "guidance scale must be finite, got NaN");
    refused(() -> CFG.rescaled(1.1), "in [0.0, 1.0], got 1.1");
    refused(() -> CFG.projected(-.1), "in [0.0, 1.0], got -0.1");
    refused(() -> CFG.limited(0), "above 0, got 0.0");
    refused(() -> CFG.limited(Double.NaN), "above 0, got NaN");
    refused(() -> CFG.momentum(1), "in (-1, 1), got 1.0");
    refused(() -> CFG.zeroInitial(-1), "at least 0, got -1");
    refused(CFG::manifoldConstrained, "in [0, 1] and u + scale·(c − u), got 7.0");
    refused(() -> cfg(.5).originalFormulation().manifoldConstrained(), "original");
    refused(() -> cfg(.5).manifoldConstrained().originalFormulation(), "original");
  }

  private static void refused(ThrowingCallable call, String why) {
    assertThatIllegalArgumentException().isThrownBy(call).withMessageContaining(why);
  }

  @Test
  void itSaysItsChanges() {
    assertThat(CFG.projected(0).limited(15).momentum(-.5))
        .asString()
        .startsWith("ClassifierFree[scale=7.0, ")
        .endsWith("].projected(0.0).limited(15.0).momentum(-0.5)");
  }
}
