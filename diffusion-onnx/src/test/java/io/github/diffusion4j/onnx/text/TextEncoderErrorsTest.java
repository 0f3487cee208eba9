package io.github.diffusion4j.onnx.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files and graphs that are not what a text encoder must be. */
class TextEncoderErrorsTest {

  @TempDir private Path folder;

  private TextEncoder open(String model) throws IOException {
    return TextEncoder.open(LengthTokenizer.component(folder, model), new LengthTokenizer());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "two-prompts | input_ids [batch, 77] of int32 or int64 | [2, 77]",
        "float-ids | input_ids [batch, 77] of int32 or int64 | float32",
        "double-output | last_hidden_state [batch, 77, dim] of float32 or float16 | float64",
        "no-tokens-axis | last_hidden_state [batch, 77, dim] | last_hidden_state float32[?, 77]",
        "other-output | an output named last_hidden_state | [pooler_output, hidden]",
        "more-inputs | inputs input_ids and perhaps attention_mask | position_ids"
      })
  void aGraphThatIsNoTextEncoderIsRefused(String model, String expected, String found)
      throws IOException {
    Path component = LengthTokenizer.component(folder, model);
    LengthTokenizer tokenizer = new LengthTokenizer();

    assertThatThrownBy(() -> TextEncoder.open(component, tokenizer))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContainingAll("model.onnx: expected ", expected, "found ", found);
    assertThat(tokenizer.closings()).isEqualTo(1);
  }

  @Test
  void aDenoiserIsNoTextEncoder() throws IOException {
    Files.copy(Samples.resource("models/class.onnx"), folder.resolve("model.onnx"));

    assertThatThrownBy(() -> TextEncoder.open(folder, new LengthTokenizer()))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContainingAll("model.onnx", "input_ids", "sample");
  }

  @Test
  void aFolderWithoutModelIsNamed() {
    assertThatThrownBy(() -> TextEncoder.open(folder, new LengthTokenizer()))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContainingAll(
            folder.resolve("model.onnx").toString(), "expected an ONNX model", "no such file");
  }

  @Test
  void aCorruptModelIsNamed() throws IOException {
    Path component = LengthTokenizer.component(folder, "int64");
    byte[] bytes = Files.readAllBytes(component.resolve("model.onnx"));
    Files.write(component.resolve("model.onnx"), Arrays.copyOf(bytes, 100));

    assertThatThrownBy(() -> TextEncoder.open(component, new LengthTokenizer()))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContainingAll("model.onnx", "expected an ONNX model", "100 bytes");
  }

  @Test
  void anOutputOfOtherLengthThanThePromptIsRefused() throws IOException {
    try (TextEncoder encoder = open("cut")) {
      assertThatThrownBy(() -> encoder.of("a"))
          .isInstanceOf(DiffusionException.class)
          .hasMessageContainingAll("model.onnx", "[1, 77, dim]", "[1, 2, 1]");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a"})
  void embeddingsThatAreNotFiniteAreRefused(String prompt) throws IOException {
    try (TextEncoder encoder = open("not-finite")) {
      assertThatThrownBy(() -> encoder.of(prompt))
          .isInstanceOf(DiffusionException.class)
          .hasMessageContainingAll("model.onnx", "finite", "float16");
      assertThat(encoder.of("five!").isFinite()).isTrue();
    }
  }

  @Test
  void aRunThatFailsIsTypedAndTheNextOneMaySucceed() throws IOException {
    try (TextEncoder encoder = open("few-tokens")) {
      assertThatThrownBy(() -> encoder.of("more than ten"))
          .isInstanceOf(DiffusionException.class)
          .hasMessageContainingAll("model.onnx", "ONNX Runtime failed", "77 tokens");
      assertThat(encoder.of("four").shape()).isEqualTo(Shape.of(1, 77, 2));
    }
  }
}
