package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsTest {

  @Test
  void isWrittenInAsciiAndReadAsItWas() {
    Map<String, Object> names = Map.of("name", "\u00e9 \u65e5\u672c \ud83d\ude00");
    String text = Settings.write(names);
    assertThat(text).isEqualTo("{\"name\":\"\\u00E9 \\u65E5\\u672C \\uD83D\\uDE00\"}");
    assertThat(Settings.of(Map.of("data", text), "data").map()).isEqualTo(names);
  }

  /** Jackson reads no text of more than 20,000,000 characters unless it is told to. */
  @Test
  void textsMayBeLong() {
    String name = "x".repeat(20_000_001);
    String text = Settings.write(Map.of("name", name));
    assertThat(Settings.of(Map.of("data", text), "data").text("name")).hasSize(name.length());
  }
}
