package io.github.diffusion4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class CancellationTest {

  @Test
  void actionsRunOnceTheLatestFirstAndNotAfterClosing() {
    Cancellation cancellation = Cancellation.create();
    List<String> run = new ArrayList<>();
    cancellation.onCancel(() -> run.add("first"));
    cancellation.onCancel(() -> run.add("closed")).close();
    cancellation.onCancel(() -> run.add("last"));
    cancellation.onCancel(cancellation::cancel);
    cancellation.cancel();
    cancellation.cancel();
    cancellation.onCancel(() -> run.add("at once"));
    assertThat(run).containsExactly("last", "first", "at once");
  }

  @Test
  void anActionThatFailsDoesNotKeepTheOthersFromComing() {
    Cancellation cancellation = Cancellation.create();
    List<String> run = new ArrayList<>();
    cancellation.onCancel(() -> run.add("first"));
    cancellation.onCancel(
        () -> {
          throw new IllegalStateException("broken");
        });
    assertThatIllegalStateException().isThrownBy(cancellation::cancel).withMessage("broken");
    assertThat(run).containsExactly("first");
    assertThat(cancellation.isCancelled()).isTrue();
  }

  @Test
  void anActionMayWaitForTheRunThatItStops() throws Exception {
    Cancellation cancellation = Cancellation.create();
    CountDownLatch stopped = new CountDownLatch(1);
    CountDownLatch started = new CountDownLatch(1);
    CompletableFuture<Void> run =
        CompletableFuture.runAsync(
            () -> {
              Cancellation.Registration stopping = cancellation.onCancel(stopped::countDown);
              started.countDown();
              try {
                stopped.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              stopping.close();
            });
    started.await();
    Cancellation waiting = cancellation;
    waiting.onCancel(() -> {});
    cancellation.cancel();
    run.join();
    assertThat(run).isCompleted();
  }
}
