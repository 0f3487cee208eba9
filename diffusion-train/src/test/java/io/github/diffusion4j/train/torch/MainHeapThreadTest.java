package io.github.diffusion4j.train.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class MainHeapThreadTest {

  @Test
  void worksForItsCallerUntilItIsClosed() throws InterruptedException {
    Threads.use(1);
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

  /**
   * The operating system's threads of a name, which OpenMP's take over from those that they serve.
   */
  private static long named(String name) throws IOException {
    try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
      return tasks.filter(task -> isNamed(task, name)).count();
    }
  }

  private static boolean isNamed(Path task, String name) {
    try {
      return Files.readString(task.resolve("comm")).strip().equals(name);
    } catch (IOException ended) {
      return false;
    }
  }

  @SuppressWarnings("try") // scopes work by being open
  private static void useTwoThreads() {
    torch.set_num_threads(2);
    try (PointerScope scope = new PointerScope()) {
      assertThat(torch.rand(1 << 20).add(torch.rand(1 << 20)).numel()).isEqualTo(1 << 20);
    }
  }

  @Test
  void callersThreadsOfOpenMpAreEnded() throws Exception {
    Threads.use(1);
    Optional<MainHeapThread> found = MainHeapThread.find();
    assumeThat(found).isPresent();
    ExecutorService caller =
        Executors.newSingleThreadExecutor(work -> new Thread(work, "openmp-caller"));
    try (MainHeapThread thread = found.get()) {
      caller.submit(MainHeapThreadTest::useTwoThreads).get();
      assertThat(named("openmp-caller")).isEqualTo(2);
      caller.submit(() -> thread.run(() -> 0)).get();
      for (int wait = 0; named("openmp-caller") > 1 && wait < 500; wait++) {
        Thread.sleep(10);
      }
      assertThat(named("openmp-caller")).isEqualTo(1);
      caller.submit(MainHeapThreadTest::useTwoThreads).get();
      assertThat(named("openmp-caller")).isEqualTo(2);
    } finally {
      caller.shutdown();
      Threads.use(1);
    }
  }

  private static double thrown(Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    throw (RuntimeException) failure;
  }
}
