package io.github.diffusion4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpacingTest {

  private static final NoiseSchedule DISCRETE = NoiseSchedule.squaredCosine(1000);

  @Test
  void theCoursesStridedList() {
    double[] positions = Spacing.strided(30).positions(DISCRETE, 33);
    assertThat(positions).hasSize(34).startsWith(990, 960).endsWith(30, 0);
    int[] starts = {1, 3, 5, 7, 10, 20};
    double[] expected = {960, 900, 840, 780, 690, 390};
    for (int i = 0; i < starts.length; i++) {
      assertThat(positions[starts[i]]).isEqualTo(expected[i]);
    }
  }

  @Test
  void twentyStepsOfEachSpacing() {
    assertThat(Spacing.leading(0).positions(DISCRETE, 20))
        .hasSize(21)
        .startsWith(950, 900, 850, 800)
        .endsWith(50, 0, -1);
    assertThat(Spacing.leading(1).positions(DISCRETE, 20))
        .hasSize(21)
        .startsWith(951, 901)
        .endsWith(1, -1);
    assertThat(Spacing.trailing().positions(DISCRETE, 20))
        .hasSize(21)
        .startsWith(999, 949, 899, 849)
        .endsWith(49, -1);
    assertThat(Spacing.linspace().positions(DISCRETE, 20))
        .hasSize(21)
        .startsWith(999, 946, 894, 841)
        .endsWith(53, 0, -1);
  }

  @Test
  void noMoreStepsThanTheScheduleHasWhereNoneAreNamed() {
    NoiseSchedule few = NoiseSchedule.linear(20, 1e-4, 0.02);
    for (Spacing spacing : List.of(Spacing.trailing(), Spacing.leading(0), Spacing.linspace())) {
      assertThat(spacing.steps(DISCRETE)).isEqualTo(50);
      assertThat(spacing.steps(few)).isEqualTo(20);
      assertThat(spacing.positions(few, 20)).hasSize(21);
    }
    assertThat(Spacing.leading(1).steps(few)).isEqualTo(19);
    assertThat(Spacing.leading(1).positions(few, 19)).startsWith(19).hasSize(20);
    assertThat(Spacing.trailing().steps(NoiseSchedule.rectifiedFlow())).isEqualTo(50);
  }

  /** The last three numbers are the sums of index (from 1) times position, made with NumPy. */
  @ParameterizedTest
  @CsvSource({
    "1, 999, 0, 0",
    "2, 1997, 999, 500",
    "3, 3327, 1999, 1332",
    "7, 11974, 9322, 7952",
    "13, 34916, 30298, 27664",
    "20, 76790, 69933, 66500",
    "30, 164865, 154830, 148335",
    "50, 440725, 424561, 416500",
    "99, 1678425, 1648371, 1617000",
    "333, 18588102, 18516979, 18462852",
    "600, 60120100, 60037400, 35999900",
    "999, 166292250, 166292250, 166167000",
    "1000, 166666500, 166666500, 166666500"
  })
  void everyNumberOfStepsAsNumpyMakesIt(int steps, long trailing, long linspace, long leading) {
    assertThat(sum(Spacing.trailing(), steps)).isEqualTo(trailing);
    assertThat(sum(Spacing.linspace(), steps)).isEqualTo(linspace);
    assertThat(sum(Spacing.leading(0), steps)).isEqualTo(leading);
  }

  private static long sum(Spacing spacing, int steps) {
    double[] positions = spacing.positions(DISCRETE, steps);
    assertThat(positions).hasSize(steps + 1);
    assertThat(positions[steps]).isEqualTo(-1);
    long sum = 0;
    for (int i = 0; i < steps; i++) {
      sum += (i + 1) * (long) positions[i];
      assertThat(positions[i]).isGreaterThan(positions[i + 1]);
    }
    return sum;
  }

  @Test
  void equalStepsOnTheStraightPathEndAtTheImage() {
    assertThat(Spacing.trailing().positions(NoiseSchedule.rectifiedFlow(), 4))
        .containsExactly(1, .75, .5, .25, 0);
  }

  @Test
  void aCustomListBecomesATimeline() {
    Timeline timeline = Timeline.of(DISCRETE, 100, 87, 50, 1, 0, -1);
    assertThat(timeline.steps()).isEqualTo(5);
    assertThat(timeline.levels())
        .extracting(NoiseLevel::time)
        .containsExactly(100.0, 87.0, 50.0, 1.0, 0.0, -1.0);
    assertThat(timeline.from(3).levels())
        .extracting(NoiseLevel::time)
        .containsExactly(1.0, 0.0, -1.0);
  }

  @Test
  void aListThatDoesNotFallIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Timeline.of(DISCRETE, 100, 50, 87))
        .withMessageContaining("got 50.0 before 87.0");
    assertThatIllegalArgumentException().isThrownBy(() -> Timeline.of(DISCRETE, 100, 100));
    assertThatIllegalArgumentException().isThrownBy(() -> Timeline.of(DISCRETE));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Timeline.of(DISCRETE, 3, 2).from(2))
        .withMessageContaining("[0, 1], got 2");
  }

  /** diffusers rounds T − i·T/n to the even number before it takes 1 off. */
  @Test
  void trailingHalvesAreRoundedAsByDiffusers() {
    double[] positions = Spacing.trailing().positions(NoiseSchedule.linear(1000, 1e-4, 0.02), 16);
    assertThat(positions)
        .containsExactly(
            999, 937, 874, 811, 749, 687, 624, 561, 499, 437, 374, 311, 249, 187, 124, 61, -1);
  }

  @Test
  void impossibleNumbersOfStepsAreRefused() {
    for (Spacing spacing :
        new Spacing[] {Spacing.leading(0), Spacing.linspace(), Spacing.trailing()}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> spacing.timeline(DISCRETE, 0))
          .withMessageContaining("got 0");
      assertThatIllegalArgumentException().isThrownBy(() -> spacing.timeline(DISCRETE, 1002));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Spacing.strided(30).positions(DISCRETE, 34))
        .withMessageContaining("makes 33 steps")
        .withMessageContaining("got 34");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Spacing.strided(0))
        .withMessageContaining("at least 1, got 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Spacing.leading(-1))
        .withMessageContaining("at least 0, got -1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Spacing.leading(0).positions(NoiseSchedule.rectifiedFlow(), 4))
        .withMessageContaining("discrete");
  }

  @Test
  void aListOfOnesOwnEndsWithTheImageAndMakesNoOtherNumberOfSteps() {
    NoiseSchedule schedule = NoiseSchedule.squaredCosine(1000);
    Spacing list = Spacing.of(100, 87, 50, 1, 0);
    assertThat(list.steps(schedule)).isEqualTo(5);
    assertThat(list.positions(schedule, 5)).containsExactly(100, 87, 50, 1, 0, -1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> list.positions(schedule, 4))
        .withMessageContaining("a list of 5 positions makes as many steps, got 4");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Spacing.of(100, 50, 87))
        .withMessageContaining("must fall strictly, got 50.0 before 87.0");
    assertThatIllegalArgumentException().isThrownBy(() -> Spacing.of());
    assertThatIllegalArgumentException().isThrownBy(() -> Spacing.of(Double.NaN));
  }
}
