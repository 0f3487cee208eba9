package io.github.diffusion4j.onnx.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.onnx.Provider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextEncoderTest {

  /** The length of the prompt as token, which any encoder of the tests can be asked. */
  private static final Tokenizer LENGTH = prompt -> Tokens.padded(3, prompt.length());

  /** A tokenizer that counts what it is asked. */
  private static final class Counting implements Tokenizer {

    private final AtomicInteger prompts = new AtomicInteger();
    private final AtomicInteger closings = new AtomicInteger();

    @Override
    public Tokens tokenize(String prompt) {
      prompts.incrementAndGet();
      return LENGTH.tokenize(prompt);
    }

    @Override
    public void close() {
      closings.incrementAndGet();
    }
  }

  @TempDir private Path folder;

  /** The folder of an encoder with one of the models of the tests. */
  private Path component(String model) throws IOException {
    Path made = Files.createDirectory(folder.resolve(model));
    Files.copy(Samples.resource("models/text/" + model + ".onnx"), made.resolve("model.onnx"));
    return made;
  }

  private TextEncoder open(String model) throws IOException {
    return TextEncoder.open(component(model), LENGTH);
  }

  @ParameterizedTest
  @CsvSource({
    "int32, 0",
    "int64, 0",
    "one-prompt, 0",
    "int32-mask, 1000",
    "int64-mask, 1000",
    "mixed-mask, 1000",
    "half, 1000"
  })
  void everyDialectIsToldTokensAndMask(String model, int mask) throws IOException {
    try (TextEncoder encoder = open(model)) {
      Tensor embeddings = encoder.encode("seven x");

      assertThat(embeddings.shape()).isEqualTo(Shape.of(1, 77, 4));
      for (int token = 0; token < 77; token++) {
        for (int j = 0; j < 4; j++) {
          int expected = token == 0 ? 7 + mask + j : 3 + j;
          assertThat(embeddings.get(0, token, j)).as("%d %d", token, j).isEqualTo(expected);
        }
      }
    }
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
    Path component = component(model);
    Counting tokenizer = new Counting();

    assertThatThrownBy(() -> TextEncoder.open(component, tokenizer))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContainingAll("model.onnx: expected ", expected, "found ", found);
    assertThat(tokenizer.closings).hasValue(1);
  }

  @Test
  void aDenoiserIsNoTextEncoder() throws IOException {
    Files.copy(Samples.resource("models/class.onnx"), folder.resolve("model.onnx"));

    assertThatThrownBy(() -> TextEncoder.open(folder, LENGTH))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContainingAll("model.onnx", "input_ids", "sample");
  }

  @Test
  void aFolderWithoutModelIsNamed() {
    assertThatThrownBy(() -> TextEncoder.open(folder, LENGTH))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContainingAll(
            folder.resolve("model.onnx").toString(), "expected an ONNX model", "no such file");
  }

  @Test
  void aCorruptModelIsNamed() throws IOException {
    Path component = component("int64");
    byte[] bytes = Files.readAllBytes(component.resolve("model.onnx"));
    Files.write(component.resolve("model.onnx"), java.util.Arrays.copyOf(bytes, 100));

    assertThatThrownBy(() -> TextEncoder.open(component, LENGTH))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContainingAll("model.onnx", "expected an ONNX model", "100 bytes");
  }

  @Test
  void anOutputOfOtherLengthThanThePromptIsRefused() throws IOException {
    try (TextEncoder encoder = open("cut")) {
      assertThatThrownBy(() -> encoder.encode("a"))
          .isInstanceOf(DiffusionException.class)
          .hasMessageContainingAll("model.onnx", "[1, 77, dim]", "[1, 2, 1]");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a"})
  void embeddingsThatAreNotFiniteAreRefused(String prompt) throws IOException {
    try (TextEncoder encoder = open("not-finite")) {
      assertThatThrownBy(() -> encoder.encode(prompt))
          .isInstanceOf(DiffusionException.class)
          .hasMessageContainingAll("model.onnx", "finite", "float16");
      assertThat(encoder.encode("five!").isFinite()).isTrue();
    }
  }

  @Test
  void aRunThatFailsIsTypedAndTheNextOneMaySucceed() throws IOException {
    try (TextEncoder encoder = open("few-tokens")) {
      assertThatThrownBy(() -> encoder.encode("more than ten"))
          .isInstanceOf(DiffusionException.class)
          .hasMessageContainingAll("model.onnx", "ONNX Runtime failed", "77 tokens");
      assertThat(encoder.encode("four").shape()).isEqualTo(Shape.of(1, 77, 2));
    }
  }

  @Test
  void aPromptIsEncodedOnce() throws IOException {
    Counting tokenizer = new Counting();
    try (TextEncoder encoder = TextEncoder.open(component("int64"), tokenizer)) {
      Tensor first = encoder.encode("a cat");
      assertThat(encoder.of("a cat")).isSameAs(first);
      assertThat(encoder.encode("a hound")).isNotEqualTo(first);
      for (int i = 1; i < 256; i++) {
        encoder.encode("x".repeat(i));
      }
      assertThat(encoder.encode("x".repeat(255))).isNotNull();
      assertThat(tokenizer.prompts).hasValue(2 + 255);
      assertThat(encoder.encode("a cat")).isNotSameAs(first).isEqualTo(first);
      assertThat(tokenizer.prompts).hasValue(2 + 255 + 1);
    }
  }

  @Test
  void thePromptsUsedLastAreKeptUpToANumberAndASize() {
    Tensor four = Tensor.zeros(Shape.of(1, 2, 2));
    EmbeddingCache byNumber = new EmbeddingCache(2, 1000);
    byNumber.put("a", four);
    byNumber.put("b", four);
    assertThat(byNumber.get("a")).isPresent();
    byNumber.put("c", four);
    assertThat(byNumber.get("b")).isEmpty();
    assertThat(byNumber.get("a")).isPresent();
    assertThat(byNumber.get("c")).isPresent();

    EmbeddingCache bySize = new EmbeddingCache(100, 11);
    bySize.put("a", four);
    bySize.put("a", four);
    bySize.put("b", four);
    assertThat(bySize.get("a")).isPresent();
    bySize.put("c", four);
    assertThat(bySize.get("b")).isEmpty();
    bySize.put("a prompt longer than all", four);
    assertThat(bySize.get("c")).isEmpty();
    assertThat(bySize.get("a prompt longer than all")).isPresent();
    bySize.clear();
    assertThat(bySize.get("a prompt longer than all")).isEmpty();
  }

  @Test
  void aClosedEncoderRefusesPromptsEvenThoseItKept() throws IOException {
    Counting tokenizer = new Counting();
    TextEncoder encoder = TextEncoder.open(component("int64"), tokenizer, Provider.cpu());
    encoder.encode("a cat");
    assertThat(encoder.toString()).contains("model.onnx", "cpu");
    encoder.close();
    encoder.close();

    assertThatThrownBy(() -> encoder.encode("a cat"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("model.onnx", "closed");
    assertThat(tokenizer.closings.get()).isPositive();
  }

  @Test
  @SuppressWarnings("NullAway") // what a caller without checks of nulls may do
  void missingArgumentsAreNamed() throws IOException {
    Path component = component("int64");
    assertThatNullPointerException()
        .isThrownBy(() -> TextEncoder.open(null, LENGTH))
        .withMessage("folder");
    assertThatNullPointerException()
        .isThrownBy(() -> TextEncoder.open(component, null))
        .withMessage("tokenizer");
    assertThatNullPointerException()
        .isThrownBy(() -> TextEncoder.open(component, LENGTH, null))
        .withMessage("provider");
    try (TextEncoder encoder = TextEncoder.open(component, LENGTH)) {
      assertThatNullPointerException().isThrownBy(() -> encoder.encode(null)).withMessage("prompt");
    }
  }

  @Test
  void manyThreadsGetTheAnswersOfOneAndEachPromptRunsOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (TextEncoder encoder = open("int64-mask")) {
      List<Future<List<Tensor>>> all = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        all.add(
            threads.submit(
                () -> {
                  List<Tensor> answers = new ArrayList<>();
                  for (int length = 0; length < 200; length++) {
                    answers.add(encoder.encode("y".repeat(length)));
                  }
                  return answers;
                }));
      }
      for (int length = 0; length < 200; length++) {
        Tensor first = all.get(0).get().get(length);
        assertThat(first.get(0, 0, 0)).isEqualTo(1000f + length);
        for (Future<List<Tensor>> other : all) {
          assertThat(other.get().get(length)).isSameAs(first);
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void closingStopsARunUnderWayAndThoseThatWait() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try {
      for (int round = 0; round < 5; round++) {
        TextEncoder encoder = open("slow");
        CountDownLatch started = new CountDownLatch(3);
        List<Future<?>> runs = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
          String thread = "t".repeat(i);
          runs.add(
              threads.submit(
                  () -> {
                    started.countDown();
                    for (int run = 0; ; run++) {
                      encoder.encode(thread + run);
                    }
                  }));
        }
        started.await();
        Thread.sleep(10L * round);
        encoder.close();
        for (Future<?> run : runs) {
          assertThatThrownBy(run::get)
              .isInstanceOf(ExecutionException.class)
              .cause()
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("closed");
        }
        Files.delete(folder.resolve("slow/model.onnx"));
        Files.delete(folder.resolve("slow"));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void tokenizerAndEncoderOfAModelFolderWorkTogether() {
    try (TextEncoder encoder =
        TextEncoder.open(
            Samples.model("tiny-if/stage1/text_encoder"),
            Tokenizer.open(Samples.t5()).lowerCase())) {
      PromptEmbeddings embeddings = encoder;
      assertThat(embeddings.of(" A Lithograph of a SKULL "))
          .isEqualTo(encoder.encode("a lithograph of a skull"));
      assertThat(encoder.encode("").shape()).isEqualTo(Shape.of(1, 77, 16));
    } catch (DiffusionException e) {
      fail("not opened", e);
    }
  }
}
