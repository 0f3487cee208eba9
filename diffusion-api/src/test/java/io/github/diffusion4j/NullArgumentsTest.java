package io.github.diffusion4j;

import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is missing is named. */
@SuppressWarnings({"NullAway", "DataFlowIssue"}) // nulls are what is tested
class NullArgumentsTest {

  private static final Tensor X = Tensor.zeros(Shape.images(1, 1, 2, 2));
  private static final NoiseLevel LEVEL = NoiseSchedule.rectifiedFlow().at(.5);
  private static final Estimate ESTIMATE = Estimate.of(X, X);

  private static Arguments call(String name, ThrowingCallable call) {
    return Arguments.of(name, call);
  }

  static Stream<Arguments> calls() {
    return Stream.of(
        call("sample", () -> Step.of(null, LEVEL, LEVEL, ESTIMATE, List.of(), () -> X)),
        call("level", () -> Step.of(X, null, LEVEL, ESTIMATE, List.of(), () -> X)),
        call("next", () -> Step.of(X, LEVEL, null, ESTIMATE, List.of(), () -> X)),
        call("estimate", () -> Step.of(X, LEVEL, LEVEL, null, List.of(), () -> X)),
        call("noise", () -> Step.of(X, LEVEL, LEVEL, ESTIMATE, List.of(), null)),
        call("next", () -> Move.to(null)),
        call("schedule", () -> Timeline.of(null, List.of(LEVEL))),
        call("variance", () -> Scheduler.ddpm(null)),
        call("schedule", () -> Scheduler.tcd(null, .3)),
        call("tau", () -> Scheduler.saSolver(2, 2).noise(null)),
        call("sample", () -> Moment.of(null, LEVEL, 0)),
        call("level", () -> Moment.of(X, null, 0)),
        call("conditioning", () -> Guidance.of(null)),
        call("image", () -> Sampling.edit(null, 0)),
        call("level", () -> new Past(null, X, ESTIMATE, List.of())),
        call("sample", () -> new Past(LEVEL, null, ESTIMATE, List.of())),
        call("estimate", () -> new Past(LEVEL, X, null, List.of())),
        call("x", () -> new Query(null, LEVEL, Conditioning.none())),
        call("level", () -> new Query(X, null, Conditioning.none())),
        call("conditioning", () -> new Query(X, LEVEL, null)),
        call("prediction", () -> Sampling.fromNoise(X.shape()).predicting(null)),
        call("schedule", () -> Sampler.of(queries -> List.of(), null)));
  }

  @ParameterizedTest
  @MethodSource("calls")
  void aMissingArgumentIsNamed(String name, ThrowingCallable call) {
    assertThatNullPointerException().isThrownBy(call).withMessage(name);
  }
}
