package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.train.torch.LostWorkerException;
import org.junit.jupiter.api.Test;

class RunStateTest {

  @Test
  void lostWorkerIsNamedWhereItsCheckpointCannotBeWrittenEither() {
    RunState state = new RunState(() -> "the last good checkpoint is of step 2");
    RuntimeException lost = new LostWorkerException("worker 1 is gone", new Exception("socket"));
    DiffusionException full = new DiffusionException("no space left");
    assertThatExceptionOfType(DiffusionException.class)
        .isThrownBy(
            () ->
                state.step(
                    3,
                    () -> {
                      throw lost;
                    },
                    () ->
                        state.guard(
                            () -> {
                              throw full;
                            })))
        .withMessageContaining("step 3: worker 1 is gone; the last good checkpoint is of step 2")
        .withCause(lost);
    assertThat(lost).hasSuppressedException(full);
    assertThatIllegalStateException()
        .isThrownBy(state::check)
        .withMessageContaining("worker 1 is gone");
  }
}
