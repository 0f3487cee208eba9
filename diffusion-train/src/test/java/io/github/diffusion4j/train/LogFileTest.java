package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFileTest {

  @TempDir Path folder;

  private Path kept(String text, int lines) throws IOException {
    Path path = Files.writeString(folder.resolve("log"), text);
    try (LogFile log = LogFile.open(path, "")) {
      log.keep(lines);
      log.append("next");
    }
    return path;
  }

  @Test
  void keepsTheFirstLinesWhateverEndsThem() throws IOException {
    assertThat(kept("a\nb\nc\n", 2)).hasContent("a\nb\nnext\n");
    assertThat(Files.readString(kept("a\r\nb\r\nc\r\n", 2))).isEqualTo("a\r\nb\r\nnext\n");
    assertThat(Files.readString(kept("ä\nβ\nc\n", 2))).isEqualTo("ä\nβ\nnext\n");
    assertThat(Files.readString(kept("a\nb", 2))).isEqualTo("a\nb\nnext\n");
    assertThat(Files.readString(kept("a\n", 5))).isEqualTo("a\nnext\n");
    assertThat(Files.readString(kept("a\n", 0))).isEqualTo("next\n");
  }
}
