package io.github.diffusion4j.train;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.diffusion4j.train.Team.Work;
import io.github.diffusion4j.train.torch.Natives;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

  private static Workers onDevices(Workers workers) {
    Natives.load();
    return workers.localRank(workers.rank() % torch.cuda_device_count());
  }

  static final class Local extends WorkersTest.Whole {
    Local() {
      super(TRAINING, DATA, CudaWorkersTest::onDevices);
    }
  }

  static final class Synchronised extends WorkersTest.Whole {
    Synchronised() {
      super(TRAINING, DATA, workers -> onDevices(workers).synchronised());
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
      WorkersTest.assertClose(team.losses(), expected, bound);
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
