package io.github.diffusion4j.onnx;

import static io.github.diffusion4j.onnx.Models.counting;
import static io.github.diffusion4j.onnx.Models.plus;
import static io.github.diffusion4j.onnx.Models.prediction;
import static io.github.diffusion4j.onnx.Models.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.diffusion4j.Conditioning;
import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.Estimate;
import io.github.diffusion4j.Query;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignatureTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "time-float-batch",
        "time-float-column",
        "time-double-batch",
        "time-int64-scalar",
        "time-int64-one",
        "time-int32-batch",
        "half"
      })
  void everyDialectOfTimeIsTold(String name) {
    Tensor x = counting(3, 1, 2, 2);
    try (OnnxDenoiser model = Models.openPredictingNoise(name)) {
      assertThat(prediction(model, query(x, 7))).isEqualTo(plus(x, 7));
      assertThat(prediction(model, query(x, 11))).isEqualTo(plus(x, 11));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"time-float-batch", "time-int64-scalar", "time-int64-one", "time-int32-batch"})
  void questionsOfDifferentTimesAreAnsweredByTheirOwnTime(String name) {
    Tensor x = counting(2, 1, 2, 2);
    try (OnnxDenoiser model = Models.openPredictingNoise(name)) {
      List<Estimate> answers =
          model.estimate(List.of(query(x, 3), query(x, 5), query(x.images(0, 1), 5)));

      assertThat(answers)
          .extracting(Estimate::noise)
          .containsExactly(plus(x, 3), plus(x, 5), plus(x.images(0, 1), 5));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "time-float-batch, timestep float32[?]",
    "time-double-batch, timestep float64[?]",
    "time-int64-scalar, timestep int64[]",
    "time-int64-one, timestep int64[1]",
    "time-int32-batch, timestep int32[?]",
    "other-names, t float32[?]"
  })
  void theTimeInputIsReadFromTheGraph(String name, String time) {
    try (OnnxDenoiser model = Models.open(name)) {
      assertThat(model.time()).map(GraphTensor::toString).contains(time);
    }
  }

  @Test
  void aGraphOfOtherNamesIsReadByItsShapes() {
    Tensor x = counting(2, 1, 4, 4);
    try (OnnxDenoiser model = Models.openPredictingNoise("other-names")) {
      assertThat(model.image()).hasToString("x float32[?, 1, 4, 4]");
      assertThat(model.output()).hasToString("y float32[?, 1, 4, 4]");
      assertThat(model.imageShape(5)).contains(Shape.images(5, 1, 4, 4));
      assertThat(prediction(model, query(x, 0.25))).isEqualTo(plus(x, 0.25));
    }
  }

  @Test
  void imagesOfAnySizeHaveNoImageShape() {
    try (OnnxDenoiser model = Models.open("class")) {
      assertThat(model.imageShape(1)).isEmpty();
      assertThat(model.conditioning())
          .containsExactly(new GraphTensor("class", "float32", List.of(GraphTensor.ANY, 10)));
    }
  }

  @Test
  void conditioningReachesTheInputOfItsNameAndOtherOutputsAreLeftAlone() {
    Tensor x = counting(2, 1, 2, 2);
    try (OnnxDenoiser model = Models.openPredictingNoise("class")) {
      Conditioning classes = Conditioning.none().global("class", Tensor.oneHot(10, 3, 7));
      for (int run = 0; run < 3; run++) {
        Tensor out = prediction(model, new Query(x, Models.level(100), classes));

        assertThat(out.images(0, 1)).isEqualTo(plus(x.images(0, 1), 103));
        assertThat(out.images(1, 2)).isEqualTo(plus(x.images(1, 2), 107));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"labels-int64", "labels-int32"})
  void integerInputsTakeWholeNumbersOfTheirType(String name) {
    Tensor x = counting(2, 1, 2, 2);
    try (OnnxDenoiser model = Models.openPredictingNoise(name)) {
      Conditioning labels =
          Conditioning.none().global("class_labels", Tensor.of(Shape.of(2), 3, -4));
      Tensor out = prediction(model, new Query(x, Models.level(0), labels));

      assertThat(out.images(0, 1)).isEqualTo(plus(x.images(0, 1), 3));
      assertThat(out.images(1, 2)).isEqualTo(plus(x.images(1, 2), -4));
    }
  }

  @Test
  void twiceTheChannelsAreAPredictionAndAVariance() {
    Tensor x = counting(2, 3, 4, 4);
    try (OnnxDenoiser model = Models.openPredictingNoise("six-channels")) {
      Estimate estimate = model.estimate(query(x, 0));

      assertThat(estimate.noise()).isEqualTo(x);
      assertThat(estimate.variance()).contains(plus(x.times(0), 0.25));
    }
  }

  @Test
  void aGraphOfFixedBatchRunsAsOftenAsNeeded() {
    Tensor x = counting(6, 1, 4, 4);
    try (OnnxDenoiser model = Models.openPredictingNoise("static")) {
      assertThat(prediction(model, query(x, 0.5))).isEqualTo(plus(x, 0.5));
      assertThatThrownBy(() -> model.estimate(query(counting(3, 1, 4, 4), 0.5)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContainingAll("static.onnx", "2 at a time", "got 3");
    }
  }

  @Test
  void aFixedBatchWithOneTimeForAllIsNotAskedForTwo() {
    Tensor x = counting(1, 1, 4, 4);
    try (OnnxDenoiser model = Models.openPredictingNoise("static-shared-time")) {
      assertThat(model.estimate(List.of(query(x, 3), query(x, 3)))).hasSize(2);
      assertThatThrownBy(() -> model.estimate(List.of(query(x, 3), query(x, 7))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContainingAll("2 at a time with one time", "3.0 and 7.0");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "no-image; one image input; input_ids int64[?, 77]",
        "two-images; one such input named sample; right float32",
        "two-outputs; one named out_sample; [a, b]",
        "bool-input; input mask to be of one of [float32, float16; BOOL",
        "scalar-input; a first axis for the images; strength float32[]",
        "empty-axis; axes of 1 to 2147483647; sample [0, 1, 4, 4]",
        "huge-axis; axes of 1 to 2147483647; sample [-1, 1, 2147483648, 4]",
        "bad-time; one number, or [batch]; timestep float32[?, 2]",
        "no-metadata; metadata diffusion4j.prediction; .prediction(",
        "unknown-prediction; one of [EPSILON; SCORE",
        "unknown-schedule; schedule must be rectifiedFlow; 'quadratic(3); say it to the builder: OnnxDenoiser.builder(file).schedule('"
      })
  void aFileThatIsNoDenoiserIsRefused(String name, String expected, String found) {
    assertThatThrownBy(() -> Models.open(name))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContainingAll(name + ".onnx", expected, found);
  }
}
