package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.diffusion4j.DiffusionException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class FolderLockTest {

  private static final int TAKEN = 0;
  private static final int REFUSED = 3;

  @TempDir Path folder;

  /** Another process, which asks for the lock and ends. */
  static final class Other {

    private Other() {}

    public static void main(String[] args) throws IOException {
      try {
        FolderLock.take(Path.of(args[0])).close();
        System.exit(TAKEN);
      } catch (DiffusionException e) {
        System.exit(REFUSED);
      }
    }
  }

  private int other() throws IOException, InterruptedException {
    return Child.start(Other.class, List.of(), folder.toString()).waitFor();
  }

  @Test
  void lockIsOneRunsInAllProcesses() throws IOException, InterruptedException {
    FolderLock lock = FolderLock.take(folder);
    assertRefused();
    assertThat(other()).isEqualTo(REFUSED);
    lock.close();
    assertThat(other()).isEqualTo(TAKEN);
  }

  /** The folder is removed and another run begins at its place, as another process would. */
  @Test
  @DisabledOnOs(OS.WINDOWS) // where open files stay
  void aRunWritesNoCheckpointIntoTheFolderOfAnother() throws IOException {
    try (Trainer trainer = Trainer.start(Blobs.NET, Blobs.TRAINING, new Blobs(20), folder)) {
      trainer.iterator().next().forEach(step -> {});
      trainer.save();
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      trainer.save(); // its own folder still
      Files.delete(folder.resolve("epoch-0001.safetensors"));
      Files.createFile(folder.resolve("another"));
      Files.move(folder.resolve("another"), folder.resolve(".lock"));
      assertThatExceptionOfType(DiffusionException.class)
          .isThrownBy(trainer::save)
          .withMessageContaining("must stay where it is while its run is made, found another one");
    }
    assertThat(folder.resolve("epoch-0001.safetensors")).doesNotExist();
  }

  /** As by a copy of the library that another class loader has loaded. */
  @Test
  void askingLeavesTheLockOfAnotherCopyOfTheLibraryInTheSameProcess()
      throws IOException, InterruptedException {
    try (RandomAccessFile file = new RandomAccessFile(folder.resolve(".lock").toFile(), "rw")) {
      FileLock lock = file.getChannel().lock();
      assertThat(lock.isValid()).isTrue();
      assertRefused();
      assertRefused();
      assertThat(other()).isEqualTo(REFUSED);
    }
    FolderLock.take(folder).close();
  }

  private void assertRefused() {
    assertThatExceptionOfType(DiffusionException.class)
        .isThrownBy(() -> FolderLock.take(folder))
        .withMessageContaining("is in use by another run");
  }
}
