package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.diffusion4j.train.Team.Work;
import io.github.diffusion4j.train.torch.Natives;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two workers on CUDA: on one device, which they share, by Gloo, on two or more by NCCL. */
@Tag("gpu")
class CudaWorkersTest {

  private static final Blobs DATA = new Blobs(21);
  private static final Training TRAINING = Blobs.TRAINING.epochs(2).device(Device.CUDA);

  @TempDir Path folder;

  private static void run(Workers workers, Path folder, UnaryOperator<Workers> change) {
    Natives.load();
    Workers own = change.apply(workers.localRank(workers.rank() % torch.cuda_device_count()));
    try (Trainer trainer = Trainer.start(Blobs.NET, TRAINING, DATA, folder, own)) {
      Work.finish(trainer);
    }
  }

  static final class Local implements Work {
    @Override
    public void run(Workers workers, Path folder) {
      CudaWorkersTest.run(workers, folder, UnaryOperator.identity());
    }
  }

  static final class Synchronised implements Work {
    @Override
    public void run(Workers workers, Path folder) {
      CudaWorkersTest.run(workers, folder, Workers::synchronised);
    }
  }

  @BeforeEach
  void onADevice() {
    Natives.load();
    assumeTrue(torch.cuda_is_available());
  }

  private void assertSameLosses(Training alone, Class<? extends Work> together, double bound)
      throws Exception {
    List<Double> expected = new ArrayList<>();
    try (Trainer trainer = Trainer.start(Blobs.NET, alone, DATA)) {
      trainer.forEach(epoch -> epoch.forEach(step -> expected.add(step.loss())));
    }
    try (Team team = Team.start(2, together, folder)) {
      List<Double> found = team.losses();
      assertThat(found).hasSameSizeAs(expected);
      for (int i = 0; i < expected.size(); i++) {
        assertThat(found.get(i)).as("step %d", i + 1).isCloseTo(expected.get(i), within(bound));
      }
    }
  }

  @Test
  void areOneProcessThatAddsTwoHalvesUp() throws Exception {
    Optimiser halves = TRAINING.optimiser().accumulation(2);
    assertSameLosses(TRAINING.optimiser(halves), Local.class, 1e-3);
  }

  @Test
  void areTheWholeBatchIfSynchronised() throws Exception {
    assertSameLosses(TRAINING, Synchronised.class, 1e-2);
  }
}
