package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.train.data.Dataset;
import io.github.diffusion4j.train.net.Input;
import io.github.diffusion4j.train.net.Network;
import io.github.diffusion4j.train.torch.Threads;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The number format and the device of a run. */
class PrecisionTest {

  private static final ResidualUNet RESIDUAL =
      ResidualUNet.of(8, 1, 2).images(1, 8).blocks(1).time().classes(3).text(2, 3);
  private static final Training CUDA = Blobs.TRAINING.device(Device.CUDA);

  @TempDir Path folder;

  @BeforeAll
  static void loaded() {
    Threads.use(1);
  }

  private static List<Double> losses(Training training) {
    return losses(Blobs.NET, training);
  }

  private static List<Double> losses(Network network, Training training) {
    Dataset told =
        new Blobs(20)
            .conditioned(Input.TEXT, List.of(2, 3), i -> new float[] {1, 0, 0, i % 3, 0, 1});
    try (Trainer trainer = Trainer.start(network, training, told)) {
      return losses(trainer);
    }
  }

  private static List<Double> losses(Trainer trainer) {
    List<Double> losses = new ArrayList<>();
    trainer.forEach(epoch -> epoch.forEach(step -> losses.add(step.loss())));
    return losses;
  }

  /** Both draw the same random numbers. */
  @Test
  void lossesInFloat64FollowThoseInFloat32() {
    List<Double> exact = losses(Blobs.TRAINING.precision(Precision.FLOAT64));
    List<Double> single = losses(Blobs.TRAINING);
    assertThat(single).isNotEqualTo(exact).hasSameSizeAs(exact);
    assertThat(single.get(0)).isCloseTo(exact.get(0), within(1e-6));
    assertThat(single.get(1)).isCloseTo(exact.get(1), within(1e-4));
  }

  @Test
  void lossesInBfloat16FollowThoseInFloat32() {
    List<Double> exact = losses(Blobs.TRAINING);
    List<Double> mixed = losses(Blobs.TRAINING.precision(Precision.BFLOAT16));
    assertThat(mixed).isNotEqualTo(exact).hasSameSizeAs(exact);
    for (int i = 0; i < exact.size(); i++) {
      assertThat(mixed.get(i)).as("step %d", i + 1).isCloseTo(exact.get(i), within(.1));
    }
  }

  @Test
  void runInBfloat16GoesOnBitForBit() {
    Training training = Blobs.TRAINING.precision(Precision.BFLOAT16);
    List<Double> whole = losses(training);
    List<Double> parts = new ArrayList<>();
    try (Trainer trainer = Trainer.start(Blobs.NET, training, new Blobs(20), folder)) {
      trainer.iterator().next().forEach(step -> parts.add(step.loss()));
    }
    try (Trainer trainer = Trainer.resume(folder, new Blobs(20))) {
      assertThat(trainer.training()).hasToString(training.toString());
      parts.addAll(losses(trainer));
    }
    assertThat(parts).isEqualTo(whole);
  }

  @Test
  void cudaWithoutADeviceIsRefusedWithWhatToDo() {
    Assumptions.assumeFalse(torch.cuda_is_available());
    assertThatExceptionOfType(DiffusionException.class)
        .isThrownBy(() -> Trainer.start(Blobs.NET, CUDA, new Blobs(20)))
        .withMessageMatching(
            "there is no CUDA device that LibTorch can use: "
                + ".*(without CUDA: .*-gpu|cannot be loaded.*CUDA 13|no NVIDIA driver).*");
  }

  @Test
  @Tag("gpu")
  void cudaTrainsAsTheProcessorDoes() {
    Assumptions.assumeTrue(torch.cuda_is_available());
    for (Network network : List.of(Blobs.NET, RESIDUAL)) {
      for (Precision precision : List.of(Precision.FLOAT32, Precision.BFLOAT16)) {
        List<Double> expected = losses(network, Blobs.TRAINING.precision(precision));
        List<Double> found = losses(network, CUDA.precision(precision));
        double bound = precision == Precision.FLOAT32 ? 1e-2 : .1;
        for (int i = 0; i < expected.size(); i++) {
          assertThat(found.get(i)).as("step %d", i + 1).isCloseTo(expected.get(i), within(bound));
        }
      }
    }
  }
}
