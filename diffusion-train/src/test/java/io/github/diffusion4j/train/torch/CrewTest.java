package io.github.diffusion4j.train.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Parts on threads that LibTorch gives one thread each. */
class CrewTest {

  @BeforeEach
  void twoThreads() {
    Threads.use(2);
  }

  @AfterEach
  void oneThread() {
    Threads.use(1);
  }

  /** More parts than another test has, so that threads begin. */
  @ParameterizedTest
  @ValueSource(ints = {17, 19})
  void theProgramsThreadsKeepTheirNumber(int parts) throws Exception {
    int[] numbers = new int[parts];
    Crew.run(parts, i -> numbers[i] = torch.get_num_threads());
    assertThat(numbers).containsOnly(1);
    assertNumbersAre(2);
  }

  private static void assertNumbersAre(int expected) throws Exception {
    assertThat(torch.get_num_threads()).isEqualTo(expected);
    int[] further = new int[1];
    Thread thread = new Thread(() -> further[0] = torch.get_num_threads());
    thread.start();
    thread.join();
    assertThat(further[0]).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(ints = {23, 29})
  void allPartsEndBeforeOneThatFailsIsTold(int parts) throws Exception {
    AtomicInteger ended = new AtomicInteger();
    IllegalStateException failure = new IllegalStateException("a part");
    assertThatThrownBy(
            () ->
                Crew.run(
                    parts,
                    i -> {
                      if (i == 0) {
                        throw failure;
                      }
                      torch.get_num_threads();
                      ended.incrementAndGet();
                    }))
        .isSameAs(failure);
    assertThat(ended).hasValue(parts - 1);
    assertNumbersAre(2);
  }

  /** More callers than threads, none of whose parts needs another. */
  @Test
  void callersShareTheThreads() throws Exception {
    AtomicInteger ended = new AtomicInteger();
    List<CompletableFuture<Void>> callers = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      for (int i = 0; i < 8; i++) {
        callers.add(
            CompletableFuture.runAsync(
                () -> {
                  for (int k = 0; k < 50; k++) {
                    Crew.run(2, number -> ended.incrementAndGet());
                  }
                },
                threads));
      }
      CompletableFuture.allOf(callers.toArray(CompletableFuture[]::new)).get();
    } finally {
      threads.shutdown();
    }
    assertThat(ended).hasValue(8 * 50 * 2);
  }
}
