package io.github.diffusion4j.onnx;

import static io.github.diffusion4j.onnx.Models.counting;
import static io.github.diffusion4j.onnx.Models.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.diffusion4j.Cancellation;
import io.github.diffusion4j.CancelledException;
import io.github.diffusion4j.Query;
import io.github.diffusion4j.Sampler;
import io.github.diffusion4j.Sampling;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests that are stopped by another thread. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class CancellationTest {

  private static final Query LONG = query(Tensor.zeros(Shape.images(8, 1, 256, 256)), 0);

  @Test
  void aRunUnderWayIsStoppedAndOthersGoOn() throws Exception {
    Query other = query(Tensor.zeros(Shape.images(1, 1, 64, 64)), 0);
    try (OnnxDenoiser model = Models.open("slow")) {
      Tensor expected = model.estimate(other).clean();
      for (int attempt = 0; attempt < 5; attempt++) {
        Cancellation cancellation = Cancellation.create();
        CountDownLatch started = new CountDownLatch(1);
        CompletableFuture<Integer> stopped =
            CompletableFuture.supplyAsync(
                () -> {
                  int runs = 0;
                  try {
                    while (true) {
                      started.countDown();
                      runs += model.estimate(List.of(LONG), cancellation).size();
                    }
                  } catch (CancelledException e) {
                    return runs;
                  }
                });
        CompletableFuture<Tensor> goingOn =
            CompletableFuture.supplyAsync(() -> model.estimate(other).clean());
        started.await();
        cancellation.cancel();
        assertThat(stopped.get()).isNotNegative();
        assertThat(goingOn.get()).isEqualTo(expected);
        assertThat(model.estimate(other).clean()).isEqualTo(expected);
      }
    }
  }

  @Test
  void whatStoppedARunIsTheEngine() {
    try (OnnxDenoiser model = Models.open("slow")) {
      model.estimate(LONG);
      Cancellation cancellation = Cancellation.create();
      CompletableFuture<Throwable> failure =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  while (true) {
                    model.estimate(List.of(LONG), cancellation);
                  }
                } catch (CancelledException e) {
                  return e;
                }
              });
      while (!failure.isDone()) {
        cancellation.cancel();
      }
      assertThat(failure.join()).hasMessageContaining("cancelled");
      assertThat(model.estimate(LONG).clean().isFinite()).isTrue();
    }
  }

  @Test
  void aCancelledRequestDoesNotBegin() {
    Cancellation cancellation = Cancellation.create();
    Sampling request =
        Sampling.fromNoise(Shape.images(1, 1, 4, 4)).steps(3).cancellation(cancellation);
    try (OnnxDenoiser model = Models.open("constant-flow")) {
      Sampler sampler = Sampler.of(model);
      assertThat(sampler.sample(request).isFinite()).isTrue();
      cancellation.cancel();
      assertThat(cancellation.isCancelled()).isTrue();
      assertThatThrownBy(() -> sampler.sample(request)).isInstanceOf(CancelledException.class);
      assertThat(sampler.sample(request.cancellation(Cancellation.create())).isFinite()).isTrue();
      assertThat(model.estimate(query(counting(1, 1, 4, 4), 0)).clean().isFinite()).isTrue();
    }
  }

  @Test
  void betweenStepsARequestIsStoppedToo() {
    Cancellation cancellation = Cancellation.create();
    Sampling request =
        Sampling.fromNoise(Shape.images(1, 1, 4, 4)).steps(9).cancellation(cancellation);
    try (OnnxDenoiser model = Models.open("constant-flow")) {
      var frames = Sampler.of(model).frames(request).iterator();
      frames.next();
      frames.next();
      cancellation.cancel();
      assertThatThrownBy(frames::next).isInstanceOf(CancelledException.class);
    }
  }

  @Test
  void theSwitchOfNobodyCannotBeUsed() {
    assertThatThrownBy(() -> Cancellation.none().cancel())
        .isInstanceOf(IllegalStateException.class);
    assertThat(Cancellation.none().isCancelled()).isFalse();
  }
}
