package io.github.diffusion4j.onnx;

import static io.github.diffusion4j.onnx.Models.counting;
import static io.github.diffusion4j.onnx.Models.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.diffusion4j.Query;
import io.github.diffusion4j.Sampler;
import io.github.diffusion4j.Sampling;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClosingTest {

  private final ExecutorService threads = Executors.newFixedThreadPool(6);

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void aClosedModelRefusesRunsAndMayBeClosedAgain() {
    OnnxDenoiser model = Models.open("constant-flow");
    Query query = query(counting(1, 1, 4, 4), 0);
    model.estimate(query);
    model.close();
    model.close();

    assertThatThrownBy(() -> model.estimate(query))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("constant-flow.onnx", "closed");
    assertThat(model.schedule()).hasToString("rectifiedFlow");
    assertThat(model.image().name()).isEqualTo("sample");
  }

  @Test
  void aModelClosedWithoutARunIsClosed() {
    OnnxDenoiser model = Models.open("constant-flow");
    model.close();

    assertThatThrownBy(() -> model.estimate(query(counting(1, 1, 4, 4), 0)))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void runsOfManyThreadsAndShapesGiveWhatOneThreadGives() throws Exception {
    try (OnnxDenoiser model = Models.open("time-float-batch")) {
      List<Callable<Boolean>> tasks = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        int thread = i;
        tasks.add(
            () -> {
              for (int run = 0; run < 500; run++) {
                Tensor x = counting(1 + (run + thread) % 7, 1, 4, 4);
                double time = thread * 1000 + run;
                Tensor clean = model.estimate(query(x, time)).clean();
                if (!clean.equals(Tensors.mix(1, x, 0.5, Models.plus(x, time)))) {
                  return false;
                }
              }
              return true;
            });
      }
      for (Future<Boolean> task : threads.invokeAll(tasks)) {
        assertThat(task.get()).isTrue();
      }
    }
  }

  /** Ends by an exception, and says whether it was the promised one. */
  private static Callable<Boolean> runUntilClosed(
      OnnxDenoiser model, CountDownLatch started, Query query) {
    return () -> {
      try {
        while (true) {
          model.estimate(query);
          started.countDown();
        }
      } catch (IllegalStateException e) {
        return String.valueOf(e.getMessage()).contains("closed");
      }
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"constant-flow", "slow"})
  void closingDuringRunsEndsThemByAnException(String name) throws Exception {
    for (int round = 0; round < 100; round++) {
      OnnxDenoiser model = OnnxDenoiser.builder(Models.file(name)).threads(1 + round % 2).open();
      assertThat(closedInTheMiddle(model, round)).containsOnly(true);
    }
  }

  @Test
  void closingDuringRunsOfOneOwnThreadEndsThemByAnException() throws Exception {
    for (int round = 0; round < 50; round++) {
      Sessions.Opened opened =
          Sessions.open(Models.file("slow"), Provider.cpu(), OptionalInt.of(1));
      Signature signature = Signature.of(Models.file("slow"), opened.session());
      Session session = new Session(Models.file("slow"), opened, signature, true);
      OnnxPredictor network = new OnnxPredictor(Models.file("slow"), session, List.of());
      List<Future<Boolean>> runs = new ArrayList<>();
      CountDownLatch started = new CountDownLatch(3);
      for (int i = 0; i < 3; i++) {
        Tensor x = counting(1 + i, 1, 16, 16);
        double[] times = new double[1 + i];
        runs.add(
            threads.submit(
                () -> {
                  try {
                    while (true) {
                      network.predict(x, times, java.util.Map.of());
                      started.countDown();
                    }
                  } catch (IllegalStateException e) {
                    return String.valueOf(e.getMessage()).contains("closed");
                  }
                }));
      }
      started.await();
      session.close();
      for (Future<Boolean> run : runs) {
        assertThat(run.get()).isTrue();
      }
    }
  }

  private List<Boolean> closedInTheMiddle(OnnxDenoiser model, int round)
      throws InterruptedException, ExecutionException {
    List<Future<Boolean>> runs = new ArrayList<>();
    CountDownLatch started = new CountDownLatch(3);
    for (int i = 0; i < 3; i++) {
      Query query = query(counting(1 + i % 2, 1, 16, 16), 0);
      runs.add(threads.submit(runUntilClosed(model, started, query)));
    }
    // Closed at once, while the memory of a first run is made, as well as amid runs.
    if (round % 3 > 0) {
      started.await();
    }
    List<Future<?>> closing = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      closing.add(threads.submit(model::close));
    }
    for (Future<?> close : closing) {
      close.get();
    }
    List<Boolean> promised = new ArrayList<>();
    for (Future<Boolean> run : runs) {
      promised.add(run.get());
    }
    return promised;
  }

  @Test
  void aRunUnderWayIsStoppedRatherThanWaitedFor() throws Exception {
    OnnxDenoiser model = OnnxDenoiser.builder(Models.file("slow")).threads(1).open();
    model.estimate(query(counting(1, 1, 8, 8), 0));
    CountDownLatch started = new CountDownLatch(1);
    Future<Boolean> run =
        threads.submit(
            () -> {
              try {
                started.countDown();
                // Ten layers, each of about 10¹⁰ operations.
                model.estimate(query(counting(8, 1, 768, 768), 0));
                return false;
              } catch (IllegalStateException e) {
                return true;
              }
            });
    started.await();
    model.close();

    assertThat(run.get()).isTrue();
  }

  @Test
  void closingEndsASampling() throws Exception {
    OnnxDenoiser model = Models.open("constant-flow");
    Sampler sampler = Sampler.of(model);
    CountDownLatch started = new CountDownLatch(1);
    Future<?> run =
        threads.submit(
            () ->
                sampler
                    .frames(Sampling.fromNoise(Shape.images(1, 1, 8, 8)).steps(50_000))
                    .forEach(frame -> started.countDown()));
    started.await();
    model.close();

    assertThatThrownBy(run::get)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(IllegalStateException.class);
  }

  @Test
  void anInterruptedThreadStillGetsItsAnswer() throws Exception {
    Sessions.Opened opened = Sessions.open(Models.file("slow"), Provider.cpu(), OptionalInt.of(1));
    Signature signature = Signature.of(Models.file("slow"), opened.session());
    try (Session session = new Session(Models.file("slow"), opened, signature, true)) {
      OnnxPredictor network = new OnnxPredictor(Models.file("slow"), session, List.of());
      Tensor x = counting(1, 1, 16, 16);
      Tensor calm = network.predict(x, new double[1], java.util.Map.of());
      Thread.currentThread().interrupt();
      Tensor interrupted = network.predict(x, new double[1], java.util.Map.of());

      assertThat(Thread.interrupted()).isTrue();
      assertThat(interrupted).isEqualTo(calm);
    }
  }
}
