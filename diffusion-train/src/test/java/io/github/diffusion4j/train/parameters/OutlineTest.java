package io.github.diffusion4j.train.parameters;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.diffusion4j.train.UNet;
import io.github.diffusion4j.train.UNet.TimeEffect;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutlineTest {

  @ParameterizedTest
  @CsvSource({
    "128, 7891073, , ",
    "64, 1975361, 1996417, 2019201",
    "16, 124433, 125857, 127713",
    "8, 31433, 31825, 32433"
  })
  void countsOfTrainedParametersAreTheCourses(
      int width, int unconditional, Integer timed, Integer classes) {
    UNet net = UNet.width(width);
    assertThat(trained(net)).isEqualTo(unconditional);
    if (timed != null) {
      for (TimeEffect effect : TimeEffect.values()) {
        assertThat(trained(net.time(effect))).isEqualTo(timed);
        assertThat(trained(net.time(effect).classes(10))).isEqualTo(classes);
      }
    }
  }

  private static int trained(UNet net) {
    return Outline.of(net).stream()
        .filter(Outline.Parameter::isTrained)
        .mapToInt(Outline.Parameter::elements)
        .sum();
  }

  @Test
  void namesAreUnique() {
    assertThat(Outline.of(UNet.width(2).time(TimeEffect.SCALE).classes(3)))
        .extracting(Outline.Parameter::name)
        .doesNotHaveDuplicates();
  }
}
