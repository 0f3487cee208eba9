package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.train.torch.LostWorkerException;
import org.junit.jupiter.api.Test;

class FailureTest {

  @Test
  void lostWorkerIsNamedWhereItsCheckpointCannotBeWrittenEither() {
    Failure failure = new Failure(() -> "the last good checkpoint is of step 2");
    RuntimeException lost = new LostWorkerException("worker 1 is gone", new Exception("socket"));
    DiffusionException full = new DiffusionException("no space left");
    assertThatExceptionOfType(DiffusionException.class)
        .isThrownBy(
            () ->
                failure.step(
                    3,
                    () -> {
                      throw lost;
                    },
                    () ->
                        failure.guard(
                            () -> {
                              throw full;
                            })))
        .withMessageContaining("step 3: worker 1 is gone; the last good checkpoint is of step 2")
        .withCause(lost);
    assertThat(lost).hasSuppressedException(full);
    assertThatIllegalStateException()
        .isThrownBy(failure::check)
        .withMessageContaining("worker 1 is gone");
  }
}
