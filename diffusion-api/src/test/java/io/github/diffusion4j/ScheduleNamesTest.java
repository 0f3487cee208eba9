package io.github.diffusion4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleNamesTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rectifiedFlow",
        "varianceExploding(1.5)",
        "linear(1000, 1.0E-4, 0.02)",
        "scaledLinear(1000, 8.5E-4, 0.012)",
        "squaredCosine(300)",
        "linear(300, 1.0E-4, 0.02).timed(0.0033333333333333335, 0.0)",
        "rectifiedFlow.timed(1000.0, -0.5)",
        "edm(0.002, 80.0, 0.5)",
        "scaledLinear(1000, 8.5E-4, 0.012).zeroTerminalSnr",
        "linear(300, 1.0E-4, 0.02).zeroTerminalSnr.timed(0.5, 0.0)",
        "rectifiedFlow.timed(2.0, 1.0).timed(1000.0, 0.0)"
      })
  void namesAreReadBack(String name) {
    assertThat(NoiseSchedule.named(name)).hasToString(name);
  }

  @Test
  void aNamedScheduleHasTheLevelsOfItsNumbers() {
    NoiseSchedule named = NoiseSchedule.named("linear(1000,1e-4,0.02)");
    NoiseSchedule made = NoiseSchedule.linear(1000, 1e-4, 0.02);

    assertThat(named.at(500)).isEqualTo(made.at(500));
    assertThat(named.first()).isEqualTo(999);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "quadratic(3)",
        "linear",
        "linear()",
        "varianceExploding",
        "linear(1000)",
        "linear(1000.5, 1e-4, 0.02)",
        "linear(1000, x, 0.02)",
        "linear(1000, 1e-4, 0.02) ",
        "rectifiedFlow.timed",
        ".zeroTerminalSnr",
        "edm(1, 2)",
        "rectifiedFlow.timed(1)",
        "rectifiedFlow.timed(1, x)"
      })
  void otherNamesAreRefusedWithTheKnownOnes(String name) {
    assertThatThrownBy(() -> NoiseSchedule.named(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("schedule must be rectifiedFlow, ")
        .hasMessageContaining(", got ");
  }

  @Test
  void aRescaledScheduleIsReadBackWithItsLevels() {
    NoiseSchedule made = NoiseSchedule.linear(1000, 1e-4, 0.02).zeroTerminalSnr();
    NoiseSchedule named = NoiseSchedule.named(made.toString());

    assertThat(named.at(999).signal()).isZero();
    assertThat(named.at(500)).isEqualTo(made.at(500));
    assertThatThrownBy(() -> NoiseSchedule.named("rectifiedFlow.zeroTerminalSnr"))
        .hasMessageContaining("only schedules made of β");
  }

  @Test
  void aNumberOutOfRangeIsNamed() {
    assertThatThrownBy(() -> NoiseSchedule.named("linear(1000, 1e-4, 1.2)"))
        .hasMessageContaining("1.2");
  }
}
