package io.github.diffusion4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class DiffusionModelTest {

  private record Named(List<String> classNames) implements DiffusionModel {

    @Override
    public NoiseSchedule schedule() {
      return NoiseSchedule.rectifiedFlow();
    }

    @Override
    public PredictionType prediction() {
      return PredictionType.FLOW_TO_DATA;
    }

    @Override
    public List<Estimate> estimate(List<Query> queries) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }

  @Test
  void classesAreAskedForByName() {
    Named model = new Named(List.of("circle", "square", "star"));
    assertThat(model.classes("star", "circle"))
        .isEqualTo(Conditioning.none().global("class", Tensor.oneHot(3, 2, 0)));
    assertThat(model.imageShape(1)).isEmpty();
  }

  @Test
  void classesThatTheModelDoesNotTellAreNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Named(List.of("circle", "square")).classes("circle", "sqare"))
        .withMessage("class must be one of [circle, square], got sqare");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Named(List.of()).classes("7"))
        .withMessage("the model does not tell the names of its classes, got 7");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Named(List.of("circle")).classes())
        .withMessageContaining("at least one class is needed");
  }
}
