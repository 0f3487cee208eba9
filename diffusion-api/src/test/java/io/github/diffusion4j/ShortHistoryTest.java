package io.github.diffusion4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Steps made by hand, with less history than their place in the run tells. */
class ShortHistoryTest {

  private static final NoiseSchedule SCHEDULE = NoiseSchedule.linear(1000, 1e-4, 0.02);
  private static final Tensor X = Tensor.of(Shape.images(1, 1, 1, 2), 1, -0.5f);
  private static final Estimate ESTIMATE = Estimate.of(X, X);

  private static Step step(int index, List<Past> history) {
    return Step.of(X, SCHEDULE.at(800), SCHEDULE.at(600), ESTIMATE, history, () -> X).at(index, 20);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 2", "3, 3", "7, 3"})
  void pndmSaysHowFarItLooksBack(int index, int needed) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Scheduler.pndm().next(step(index, List.of())))
        .withMessage("pndm needs the last %d steps, got 0", needed);
  }

  @Test
  void pndmStartsOnACurveThatMeetsAPosition() {
    double s = Ratios.of(SCHEDULE.at(500));
    Spacing curve = Spacing.ofSigmas(1.11 * s, s, 0.7 * s, 0.5 * s, 0);
    Timeline timeline = Scheduler.pndm().expand(curve.timeline(SCHEDULE, 4));
    assertThat(timeline.steps()).isEqualTo(13);
  }

  @Test
  void plmsNeedsTheFirstStepForTheSecond() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Scheduler.plms().next(step(1, List.of())))
        .withMessage("plms needs the last 1 steps, got 0");
  }

  @Test
  void aCorrectorOfNoiseNeedsTheNoise() {
    Past past = new Past(SCHEDULE.at(900), X, ESTIMATE, List.of());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Scheduler.saSolver(2, 2).next(step(1, List.of(past))))
        .withMessage("a past step must have one draw, got 0");
  }

  @Test
  void aStochasticSolverGoesTowardsLessNoise() {
    Step rising = Step.of(X, SCHEDULE.at(600), SCHEDULE.at(800), ESTIMATE, List.of(), () -> X);
    for (DpmSolver solver : List.of(Scheduler.dpmSolver(1), Scheduler.dpmSolver(1).onNoise())) {
      assertThat(solver.next(rising).next().isFinite()).isTrue();
      assertThatIllegalArgumentException()
          .isThrownBy(() -> solver.stochastic().next(rising))
          .withMessageContaining("towards less noise");
      Step still = Step.of(X, SCHEDULE.at(600), SCHEDULE.at(600), ESTIMATE, List.of(), () -> X);
      assertThat(solver.stochastic().next(still).next().isFinite()).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({"heun", "kdpm2", "lms", "deis", "dpmSolver", "singlestep", "uniPc", "ipndm"})
  void theOthersGoOnByLowerOrders(String name) {
    Scheduler scheduler =
        switch (name) {
          case "heun" -> Scheduler.heun();
          case "kdpm2" -> Scheduler.kdpm2();
          case "lms" -> Scheduler.lms(4);
          case "deis" -> Scheduler.deis(3);
          case "dpmSolver" -> Scheduler.dpmSolver(3);
          case "singlestep" -> Scheduler.dpmSolver(3).singlestep();
          case "uniPc" -> Scheduler.uniPc(3);
          default -> Scheduler.ipndm();
        };
    for (int index = 0; index < 20; index++) {
      assertThat(scheduler.next(step(index, List.of())).next().isFinite()).isTrue();
    }
  }
}
