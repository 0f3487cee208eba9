package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.diffusion4j.DiffusionException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProvenanceTest {

  private static final Blobs DATA = new Blobs(20);

  @TempDir Path folder;

  private static String origin(String machine, String steps) {
    return origin(machine, steps, "{\"seed\":3,\"threads\":1}");
  }

  private static String origin(String machine, String steps, String training) {
    return Initial.of(
            Map.of("version", "1", "machine", machine, "steps", steps, "training", training),
            Map.of())
        .origin();
  }

  @Test
  void theSameNetworkFromAnotherMachineIsTheSame() {
    Provenance found = new Provenance("1", "here", origin("there", "10"));
    found.checkOrigin(origin("elsewhere", "10"), "folder x");
    found.checkOrigin(origin("x", "10", "{\"seed\":3,\"threads\":2}"), "folder x");
    String otherSeed = origin("there", "10", "{\"seed\":4,\"threads\":1}");
    for (String other : new String[] {origin("there", "11"), otherSeed, ""}) {
      assertThatExceptionOfType(DiffusionException.class)
          .isThrownBy(() -> found.checkOrigin(other, "folder x"))
          .withMessageStartingWith(
              "folder x holds a run that began with the parameters of a trained");
    }
    new Provenance("1", "here", "").checkOrigin("", "folder x");
  }

  @Test
  void aRunThatHasEndedWasTrainedWhereItWas() {
    try (Trainer trainer = Trainer.start(Blobs.NET, Blobs.TRAINING, DATA, folder)) {
      trainer.iterator().next().forEach(step -> {});
      Checkpoint first = elsewhere(1);
      assertThat(machine(1)).isEqualTo("elsewhere");
      assertThat(first.provenance().version()).isEqualTo("0");
    }
    try (Trainer trainer = Trainer.resume(folder, DATA)) {
      trainer.forEach(epoch -> epoch.forEach(step -> {}));
    }
    assertThat(machine(3)).contains("LibTorch");
    elsewhere(3);
    try (Trainer trainer = Trainer.resume(folder, DATA);
        TrainedDenoiser denoiser = trainer.denoiser()) {
      assertThat(denoiser.metadata())
          .containsEntry("diffusion4j.machine", "elsewhere")
          .containsEntry("diffusion4j.version", "0");
    }
    assertThat(folder.resolve("settings.json")).content().contains("elsewhere");
  }

  private Path file(int epoch) {
    return folder.resolve("epoch-000" + epoch + ".safetensors");
  }

  private String machine(int epoch) {
    return Checkpoint.read(file(epoch)).provenance().machine();
  }

  /** Has a checkpoint tell of another machine. */
  private Checkpoint elsewhere(int epoch) {
    Checkpoint read = Checkpoint.read(file(epoch));
    Checkpoint other =
        new Checkpoint(
            read.network(),
            read.training(),
            read.data(),
            new Provenance("0", "elsewhere", ""),
            read.progress(),
            read.tensors());
    other.write(file(epoch));
    return other;
  }
}
