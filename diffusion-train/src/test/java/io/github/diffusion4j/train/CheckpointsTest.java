package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.diffusion4j.DiffusionException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder whose run goes on while it is read. */
class CheckpointsTest {

  private static final Checkpoint READ =
      new Checkpoint(
          UNet.width(1),
          Training.denoising(0.5),
          Map.of(),
          Provenance.here(""),
          Progress.NONE,
          Map.of());

  @TempDir private Path folder;

  @BeforeEach
  void write() throws IOException {
    Files.createFile(folder.resolve("epoch-0001.safetensors"));
  }

  private void replace(int epoch) {
    try {
      Files.move(
          folder.resolve("epoch-%04d.safetensors".formatted(epoch)),
          folder.resolve("epoch-%04d.safetensors".formatted(epoch + 1)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aCheckpointThatIsRemovedMeanwhileIsNoFailure() {
    List<Path> read = new ArrayList<>();
    Checkpoint found =
        Checkpoints.unchanged(
            folder,
            () -> {
              read.add(Checkpoints.last(folder).getFileName());
              if (read.size() < 4) {
                replace(read.size());
                throw new DiffusionException("it is not there any more");
              }
              return READ;
            });

    assertThat(found).isSameAs(READ);
    assertThat(read)
        .map(Path::toString)
        .containsExactly(
            "epoch-0001.safetensors",
            "epoch-0002.safetensors",
            "epoch-0003.safetensors",
            "epoch-0004.safetensors");
  }

  /** How often it is tried to read something that fails, after something else has been done. */
  private int failures(IntConsumer meanwhile) {
    List<String> tries = new ArrayList<>();
    assertThatThrownBy(
            () ->
                Checkpoints.unchanged(
                    folder,
                    () -> {
                      tries.add("try");
                      meanwhile.accept(tries.size());
                      throw new DiffusionException("gone");
                    }))
        .isInstanceOf(DiffusionException.class)
        .hasMessage("gone");
    return tries.size();
  }

  @Test
  void whatCannotBeReadInAFolderThatStaysIsToldAtOnce() {
    assertThat(failures(number -> {})).isEqualTo(1);
  }

  @Test
  void aFolderThatNeverStopsChangingIsGivenUp() {
    assertThat(failures(this::replace)).isEqualTo(10);
  }
}
