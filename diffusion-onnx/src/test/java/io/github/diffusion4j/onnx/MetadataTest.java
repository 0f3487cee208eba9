package io.github.diffusion4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MetadataTest {

  private static List<String> classNames(String data) {
    return Metadata.classNames(Map.of("diffusion4j.data", data));
  }

  @Test
  void classesHaveTheNamesOfTheData() {
    assertThat(classNames("{\"name\":\"x\",\"classNames\":[\"cat\",\"a \\\"d\\\"\"]}"))
        .containsExactly("cat", "a \"d\"");
  }

  @Test
  void othersEntriesTellOfNone() {
    for (String data :
        List.of(
            "",
            "MNIST",
            "[1]",
            "{}",
            "{\"classNames\":3}",
            "{\"classNames\":{\"a\":\"b\"}}",
            "{\"classNames\":")) {
      assertThat(classNames(data)).isEmpty();
    }
    assertThat(Metadata.classNames(Map.of())).isEmpty();
  }
}
