package io.github.diffusion4j;

import io.github.diffusion4j.SchedulerGoldenTest.Case;
import io.github.diffusion4j.SchedulerGoldenTest.Content;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** More of diffusers' configurations, by {@code src/test/python/scheduler_goldens.py}. */
class SchedulerClassesTest {

  private static final Content CONTENT = Goldens.own("more-schedulers.json", Content.class);

  static Stream<Case> cases() {
    return CONTENT.cases().stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void everyStepIsDiffusers(Case golden) {
    SchedulerGoldenTest.checkEveryStep(golden, SchedulerGoldenTest.shape(CONTENT));
  }
}
