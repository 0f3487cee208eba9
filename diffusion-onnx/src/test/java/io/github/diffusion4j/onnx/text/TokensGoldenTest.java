package io.github.diffusion4j.onnx.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Odd prompts against transformers on the same files, as make_tokens.py wrote them. */
class TokensGoldenTest {

  record Expected(
      @JsonProperty("input_ids") List<Integer> ids,
      @JsonProperty("attention_mask") List<Integer> mask) {}

  record Prompt(String text, Expected t5, Expected clip) {
    @Override
    public String toString() {
      return Samples.shown(text);
    }
  }

  record Content(String reference, List<Prompt> prompts) {}

  private static Tokenizer t5;
  private static Tokenizer clip;
  private static Tokenizer clipOfTwoFiles;

  @BeforeAll
  static void open(@TempDir Path folder) throws IOException {
    t5 = Tokenizer.t5(Samples.t5());
    clip = Tokenizer.clip(Samples.clip());
    clipOfTwoFiles =
        Tokenizer.clip(Samples.copy(Samples.clip(), folder, "vocab.json", "merges.txt"));
  }

  @AfterAll
  static void close() {
    t5.close();
    clip.close();
    clipOfTwoFiles.close();
  }

  static Stream<Prompt> prompts() {
    List<Prompt> prompts =
        Samples.read(Samples.resource("text/tokens.json"), Content.class).prompts();
    assertThat(prompts).hasSizeGreaterThanOrEqualTo(12);
    return prompts.stream();
  }

  @ParameterizedTest
  @MethodSource("prompts")
  void tokensOfT5AreTransformers(Prompt golden) {
    check(t5.tokenize(golden.text), golden.t5);
  }

  @ParameterizedTest
  @MethodSource("prompts")
  void tokensOfClipAreTransformers(Prompt golden) {
    check(clip.tokenize(golden.text), golden.clip);
  }

  @ParameterizedTest
  @MethodSource("prompts")
  void tokensOfClipFromVocabularyAndMergesAreTransformers(Prompt golden) {
    check(clipOfTwoFiles.tokenize(golden.text), golden.clip);
  }

  private static void check(Tokens tokens, Expected expected) {
    assertThat(tokens.ids())
        .containsExactly(expected.ids.stream().mapToInt(Integer::intValue).toArray());
    assertThat(tokens.attentionMask())
        .containsExactly(expected.mask.stream().mapToInt(Integer::intValue).toArray());
    assertThat(tokens.count()).isEqualTo(expected.mask.stream().mapToInt(Integer::intValue).sum());
  }
}
