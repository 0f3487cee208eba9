package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.diffusion4j.train.net.Conv;
import io.github.diffusion4j.train.net.Input;
import io.github.diffusion4j.train.net.Network;
import io.github.diffusion4j.train.net.Ops;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How many threads LibTorch has. */
class ThreadsTest {

  /** Takes a note of their number. */
  private record Noting(List<Integer> threads) implements Network {

    @Override
    public List<Input> inputs() {
      return List.of(new Input(Input.SAMPLE, List.of(1, 8, 8)));
    }

    @Override
    public <T> T forward(Ops<T> ops, Map<String, T> inputs) {
      threads.add(torch.get_num_threads());
      return ops.conv("out", Input.of(inputs, Input.SAMPLE), Conv.same(1, 1));
    }

    @Override
    public Map<String, Object> settings() {
      return Map.of("network", "noting");
    }
  }

  private static Trainer start(int threads, Noting network) {
    Training training = Training.denoising(.5).batch(5).epochs(1).threads(threads);
    return Trainer.start(network, training, new Blobs(20));
  }

  @Test
  void aTrainedNetworkHasItsOwnAndLeavesTheOthers() {
    Noting network = new Noting(new ArrayList<>());
    torch.set_num_threads(1);
    try (Trainer trainer = start(2, network)) {
      TrainedDenoiser denoiser = trainer.denoiser();
      network.threads.clear();
      denoiser.loss(new Blobs(20));
      denoiser.close();
    }
    assertThat(network.threads).endsWith(2, 2, 2, 2);
    assertThat(torch.get_num_threads()).isEqualTo(1);
  }

  @Test
  void theirNumberHasARange(@TempDir Path folder) {
    try (Trainer trainer = Trainer.start(Blobs.NET, Blobs.TRAINING, new Blobs(20), folder)) {
      trainer.iterator().next().forEach(step -> {});
    }
    try (TrainedDenoiser denoiser = TrainedDenoiser.open(folder, 2)) {
      assertThat(denoiser.loss(new Blobs(20))).isPositive();
    }
    for (int threads : new int[] {-1, 1025}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> TrainedDenoiser.open(folder, threads))
          .withMessage("threads must be in [0, 1024], got " + threads);
    }
  }

  @Test
  void theyAreThoseOfTheRunWhateverThreadMakesItsSteps() throws Exception {
    Noting two = new Noting(new ArrayList<>());
    Noting one = new Noting(new ArrayList<>());
    ExecutorService other = Executors.newSingleThreadExecutor();
    try (Trainer first = start(2, two)) {
      other.submit(() -> first.forEach(epoch -> epoch.forEach(step -> {}))).get();
      try (Trainer second = start(1, one)) {
        one.threads.clear(); // of looking at its layers
        other.submit(() -> second.forEach(epoch -> epoch.forEach(step -> {}))).get();
      }
    } finally {
      other.shutdown();
      torch.set_num_threads(1);
    }
    assertThat(one.threads).containsOnly(1).hasSizeGreaterThanOrEqualTo(4);
    assertThat(two.threads).endsWith(2, 2, 2, 2);
  }
}
