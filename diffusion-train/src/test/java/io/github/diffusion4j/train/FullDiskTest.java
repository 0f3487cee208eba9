package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * A run in a process of its own that may write no file longer than half a checkpoint, so that the
 * operating system refuses the rest of it, as it does on a full disk.
 */
@EnabledOnOs({OS.LINUX, OS.MAC})
class FullDiskTest {

  private static final Blobs DATA = new Blobs(20);

  @TempDir Path folder;

  /** The process: goes on with a run, and says how it ended. */
  static final class Confined {

    private Confined() {}

    public static void main(String[] args) {
      try (Trainer trainer = Trainer.resume(Path.of(args[0]), DATA)) {
        trainer.forEach(epoch -> epoch.forEach(step -> {}));
      } catch (RuntimeException e) {
        System.out.println(e.getClass().getSimpleName() + ": " + e.getMessage());
      }
    }
  }

  @Test
  void checkpointThatFindsNoRoomLeavesThePreviousOne() throws IOException, InterruptedException {
    Path run = folder.resolve("run");
    Path whole = folder.resolve("whole");
    for (Path each : List.of(run, whole)) {
      try (Trainer trainer = Trainer.start(Blobs.NET, Blobs.TRAINING, DATA, each)) {
        trainer.iterator().next().forEach(step -> {});
      }
    }
    Path first = run.resolve("epoch-0001.safetensors");
    byte[] before = Files.readAllBytes(first);
    long blocks = before.length / 2 / 512;
    Process process =
        Child.start(
            List.of("sh", "-c", "ulimit -f " + blocks + "; exec \"$@\"", "sh"),
            Confined.class,
            List.of("-XX:-UsePerfData"),
            Map.of(),
            run.toString());
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    assertThat(said).startsWith("DiffusionException").contains("epoch-0002.safetensors");
    assertThat(first).hasBinaryContent(before);
    try (Stream<Path> files = Files.list(run)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(TrainerTest.ONE_EPOCH);
    }
    for (Path each : List.of(run, whole)) {
      try (Trainer trainer = Trainer.resume(each, DATA)) {
        trainer.forEach(epoch -> epoch.forEach(step -> {}));
      }
    }
    assertThat(run.resolve("loss.csv")).hasSameBinaryContentAs(whole.resolve("loss.csv"));
    assertThat(run.resolve("epoch-0003.safetensors"))
        .hasSameBinaryContentAs(whole.resolve("epoch-0003.safetensors"));
  }
}
