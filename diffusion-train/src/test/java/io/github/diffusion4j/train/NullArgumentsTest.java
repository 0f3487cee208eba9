package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.github.diffusion4j.train.data.Dataset;
import io.github.diffusion4j.train.data.Idx;
import io.github.diffusion4j.train.data.ImageFolder;
import io.github.diffusion4j.train.data.Mnist;
import io.github.diffusion4j.train.net.Input;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** A missing argument is named. */
@SuppressWarnings("NullAway")
class NullArgumentsTest {

  private static final Dataset DATA = new Blobs(20);
  private static final Path NOWHERE = Path.of("nowhere");

  @Test
  void isNamed() {
    Map<ThrowingCallable, String> data =
        Map.of(
            () -> ImageFolder.of(null, 1, 8),
            "folder",
            () -> Mnist.train(null),
            "folder",
            () -> Idx.dataset(null, NOWHERE, 3, "x"),
            "images",
            () -> Idx.dataset(NOWHERE, null, 3, "x"),
            "labels",
            () -> Idx.dataset(NOWHERE, NOWHERE, 3, null),
            "name");
    data.forEach(
        (call, name) -> assertThatNullPointerException().isThrownBy(call).withMessage(name));
    Map<ThrowingCallable, String> calls =
        Map.of(
            () -> Workers.of(0, 1, null, 5),
            "address",
            () -> Workers.alone().timeout(null),
            "timeout",
            () -> new Input(null, List.of(1)),
            "name",
            () -> new Input("ink", null),
            "shape",
            () -> DATA.conditioned(null, List.of(1), i -> new float[1]),
            "name",
            () -> TrainedDenoiser.open(null),
            "checkpoint",
            () -> TrainedDenoiser.openBest(null),
            "folder",
            () -> Trainer.resume(NOWHERE, null),
            "data",
            () -> Trainer.resume(NOWHERE, DATA, null),
            "workers");
    calls.forEach(
        (call, name) -> assertThatNullPointerException().isThrownBy(call).withMessage(name));
    try (Trainer trainer = Trainer.start(Blobs.NET, Blobs.TRAINING, DATA);
        TrainedDenoiser denoiser = trainer.denoiser()) {
      assertThatNullPointerException().isThrownBy(() -> denoiser.loss(null)).withMessage("data");
    }
  }
}
