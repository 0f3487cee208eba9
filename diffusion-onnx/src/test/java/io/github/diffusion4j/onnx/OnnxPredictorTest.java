package io.github.diffusion4j.onnx;

import static io.github.diffusion4j.onnx.Models.counting;
import static io.github.diffusion4j.onnx.Models.level;
import static io.github.diffusion4j.onnx.Models.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.diffusion4j.Conditioning;
import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.Query;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OnnxPredictorTest {

  private static final Tensor X = counting(2, 1, 4, 4);

  private static Query told(Tensor x, String name, Tensor value) {
    return new Query(x, level(0), Conditioning.none().global(name, value));
  }

  @Test
  void aMissingInputIsNamed() {
    try (OnnxDenoiser model = Models.open("class")) {
      assertThatThrownBy(() -> model.estimate(query(X, 0)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContainingAll("class.onnx", "class float32[?, 10]", "no inputs");
    }
  }

  @Test
  void aForeignInputIsNamedBesideTheKnownOnes() {
    try (OnnxDenoiser model = Models.open("class")) {
      assertThatThrownBy(() -> model.estimate(told(X, "label", Tensor.oneHot(10, 1))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContainingAll(
              "no input named label", "sample float32", "class float32[?, 10]");
    }
  }

  @Test
  void theImageAndTheTimeCannotBeConditioning() {
    try (OnnxDenoiser model = Models.open("time-float-batch")) {
      assertThatThrownBy(() -> model.estimate(told(X, "timestep", Tensor.of(Shape.of(1), 0))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("no input named timestep");
    }
  }

  @Test
  void anInputOfAWrongShapeIsRefusedBeforeTheRun() {
    try (OnnxDenoiser model = Models.open("class")) {
      assertThatThrownBy(() -> model.estimate(told(X, "class", Tensor.oneHot(9, 1))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContainingAll("class float32[?, 10]", "[2, 9]");
    }
  }

  @Test
  void imagesOfAWrongShapeAreRefusedBeforeTheRun() {
    try (OnnxDenoiser model = Models.open("static-image")) {
      assertThatThrownBy(() -> model.estimate(query(counting(2, 3, 4, 4), 0)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContainingAll("sample float32[?, 1, 4, 4]", "[2, 3, 4, 4]");
    }
  }

  @Test
  void aFractionIsNoTimeOfAGraphThatCountsSteps() {
    try (OnnxDenoiser model = Models.open("time-int64-scalar")) {
      assertThatThrownBy(() -> model.estimate(query(X, 0.02)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContainingAll("timestep int64", "0.02");
    }
  }

  @ParameterizedTest
  @CsvSource({"labels-int64, 2.5", "labels-int32, 0.01", "labels-int32, 3e9", "labels-int32, -3e9"})
  void aFractionOrANumberOutOfRangeIsNoLabel(String name, float label) {
    try (OnnxDenoiser model = Models.open(name)) {
      assertThatThrownBy(
              () -> model.estimate(told(X, "class_labels", Tensor.of(Shape.of(1), label))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContainingAll("whole numbers", "class_labels int", "got " + (double) label);
    }
  }

  @Test
  void anOutputThatIsNoPredictionOfTheImagesIsRefused() {
    try (OnnxDenoiser model = Models.open("pooled")) {
      assertThatThrownBy(() -> model.estimate(query(X, 0)))
          .isInstanceOf(DiffusionException.class)
          .hasMessageContainingAll("pooled.onnx", "[2, 1, 4, 4]", "[2, 1, 2, 2]");
    }
  }

  @Test
  void anErrorOfTheEngineNamesFileAndShapesAndTheModelStaysUsable() {
    try (OnnxDenoiser model = Models.open("fails")) {
      for (int run = 0; run < 3; run++) {
        assertThatThrownBy(() -> model.estimate(query(counting(2, 1, 8, 8), 0)))
            .isInstanceOf(DiffusionException.class)
            .hasMessageContainingAll("fails.onnx", "[2, 1, 8, 8]", "Add");
        assertThat(model.estimate(query(X, 0)).clean().shape()).isEqualTo(X.shape());
      }
    }
  }
}
