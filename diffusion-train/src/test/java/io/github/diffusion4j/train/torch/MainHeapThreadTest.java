package io.github.diffusion4j.train.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class MainHeapThreadTest {

  @Test
  void worksForItsCallerUntilItIsClosed() throws InterruptedException {
    Engine.useThreads(1);
    AtomicReference<Thread> worker = new AtomicReference<>();
    Optional<MainHeapThread> found = MainHeapThread.find();
    assumeThat(found).isPresent(); // not on machines of very many cores
    try (MainHeapThread thread = found.get()) {
      thread.run(
          () -> {
            torch.set_num_threads(2);
            return 0;
          });
      double made =
          thread.run(
              () -> {
                worker.set(Thread.currentThread());
                return torch.get_num_threads();
              });
      assertThat(made).isEqualTo(1);
      assertThat(worker.get()).isNotSameAs(Thread.currentThread());
      for (Throwable failure : List.of(new IllegalStateException("a"), new AssertionError("b"))) {
        assertThatThrownBy(() -> thread.run(() -> thrown(failure))).isSameAs(failure);
      }
      Thread.currentThread().interrupt();
      assertThat(thread.run(() -> 3)).isEqualTo(3);
      assertThat(Thread.interrupted()).isTrue();
    }
    worker.get().join(60_000);
    assertThat(worker.get().isAlive()).isFalse();
  }

  private static double thrown(Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    throw (RuntimeException) failure;
  }
}
