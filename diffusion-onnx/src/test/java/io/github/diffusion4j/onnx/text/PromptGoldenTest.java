package io.github.diffusion4j.onnx.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Prompts through tokenizer and encoder, against transformers on the same files. */
class PromptGoldenTest {

  private static final double VALUE = 1e-5;
  private static final double SUM = 1e-3;

  record Prompt(
      String text,
      @JsonProperty("input_ids") List<Integer> ids,
      @JsonProperty("attention_mask") List<Integer> mask,
      @JsonProperty("embedding_first_token") List<Double> first,
      @JsonProperty("embedding_last_token") List<Double> last,
      @JsonProperty("embedding_sum") double sum,
      @JsonProperty("embedding_abs_sum") double absoluteSum) {
    @Override
    public String toString() {
      return Samples.shown(text);
    }
  }

  /** The other fields are of the pipelines' images. */
  @JsonIgnoreProperties({"reference", "cases", "image", "mask"})
  record Content(List<Prompt> prompts) {}

  private static TextEncoder encoder;

  @BeforeAll
  static void open() {
    encoder =
        TextEncoder.open(
            Samples.model("tiny-if/stage1/text_encoder"), Tokenizer.t5(Samples.t5()).lowerCase());
  }

  @AfterAll
  static void close() {
    encoder.close();
  }

  static Stream<Prompt> prompts() {
    String folder = System.getProperty("goldens.dir");
    Path file =
        folder == null
            ? Samples.resource("goldens/pipelines.json")
            : Path.of(folder, "pipelines.json");
    List<Prompt> prompts = Samples.read(file, Content.class).prompts();
    assertThat(prompts).isNotEmpty();
    return prompts.stream();
  }

  @ParameterizedTest
  @MethodSource("prompts")
  void tokensAreTheReferences(Prompt golden) {
    try (Tokenizer tokenizer = Tokenizer.t5(Samples.t5()).lowerCase()) {
      Tokens tokens = tokenizer.tokenize(golden.text);

      assertThat(tokens.ids()).containsExactly(ints(golden.ids));
      assertThat(tokens.attentionMask()).containsExactly(ints(golden.mask));
    }
  }

  @ParameterizedTest
  @MethodSource("prompts")
  void embeddingsAreTheReferences(Prompt golden) {
    Tensor embeddings = encoder.of(golden.text);

    int dim = golden.first.size();
    assertThat(embeddings.shape()).isEqualTo(Shape.of(1, Tokens.LENGTH, dim));
    float[] values = embeddings.toArray();
    assertThat(doubles(values, 0, dim)).containsExactly(doubles(golden.first), within(VALUE));
    assertThat(doubles(values, values.length - dim, dim))
        .containsExactly(doubles(golden.last), within(VALUE));
    double[] all = doubles(values, 0, values.length);
    assertThat(DoubleStream.of(all).sum()).isCloseTo(golden.sum, within(SUM));
    assertThat(DoubleStream.of(all).map(Math::abs).sum())
        .isCloseTo(golden.absoluteSum, within(SUM));
  }

  private static int[] ints(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }

  private static double[] doubles(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static double[] doubles(float[] values, int from, int count) {
    return IntStream.range(from, from + count).mapToDouble(i -> values[i]).toArray();
  }
}
