package io.github.diffusion4j.internal.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.diffusion4j.DiffusionException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class WholeFilesTest {

  @TempDir Path folder;

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void aPipeIsNoFileToReplace() throws Exception {
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    assertThatExceptionOfType(DiffusionException.class)
        .isThrownBy(() -> WholeFiles.write(pipe, out -> out.write(1)))
        .withMessageContaining("expected a file or nothing there, found a device or a pipe");
    assertThat(Files.readAttributes(pipe, BasicFileAttributes.class).isOther()).isTrue();
    assertThat(folder).isDirectoryNotContaining("glob:**/.*");
  }

  @Test
  void aFolderIsNoFileToReplace() {
    for (Path path : List.of(folder, Path.of(""), folder.getRoot())) {
      assertThatExceptionOfType(DiffusionException.class)
          .isThrownBy(() -> WholeFiles.write(path, out -> out.write(1)))
          .withMessageContaining("expected a file or nothing there, found a folder");
    }
    assertThat(folder).isEmptyDirectory();
  }
}
