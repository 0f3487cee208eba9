package io.github.diffusion4j;

import static io.github.diffusion4j.TestTensors.assertClose;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Guidance over whole runs against diffusers' guiders, by src/test/python/guidance.py. */
class GuidersTest {

  record Case(
      String name,
      double scale,
      boolean original,
      double rescale,
      double eta,
      double limit,
      double momentum,
      boolean optimised,
      int zeroSteps,
      double start,
      double stop,
      List<float[]> predictions) {

    Guidance guidance() {
      ClassifierFree guidance =
          Guidance.classifierFree(scale, TwoWaves.GIVEN, TwoWaves.NOTHING)
              .rescaled(rescale)
              .projected(eta)
              .momentum(momentum)
              .zeroInitial(zeroSteps);
      guidance = original ? guidance.originalFormulation() : guidance;
      guidance = limit > 0 ? guidance.limited(limit) : guidance;
      guidance = optimised ? guidance.optimised() : guidance;
      return guidance.during(Interval.ofSteps(start, stop));
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() throws IOException {
    try (InputStream in = GuidersTest.class.getResourceAsStream("guidance.json")) {
      return Stream.of(
          JsonMapper.builder().build().readValue(Objects.requireNonNull(in), Case[].class));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void noisePredictionsAreThoseOfDiffusers(Case golden) {
    for (Frame frame : TwoWaves.epsilon().frames(TwoWaves.request(golden.guidance()))) {
      assertPrediction(golden, frame, frame.estimate().noise());
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void flowPredictionsAreThoseOfDiffusers(Case golden) {
    for (Frame frame : TwoWaves.flow().frames(TwoWaves.request(golden.guidance()))) {
      Estimate estimate = frame.estimate();
      assertPrediction(golden, frame, Tensors.mix(1, estimate.noise(), -1, estimate.clean()));
    }
  }

  private static void assertPrediction(Case golden, Frame frame, Tensor actual) {
    float[] expected = golden.predictions().get(frame.index() - 1);
    assertClose(actual, Tensor.of(TwoWaves.IMAGES, expected), 1e-5);
  }
}
