package io.github.diffusion4j.onnx.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextEncoderTest {

  @TempDir private Path folder;

  private TextEncoder open(String model) throws IOException {
    return TextEncoder.open(LengthTokenizer.component(folder, model), new LengthTokenizer());
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
      Tensor embeddings = encoder.of("seven x");

      assertThat(embeddings.shape()).isEqualTo(Shape.of(1, 77, 4));
      for (int token = 0; token < 77; token++) {
        for (int j = 0; j < 4; j++) {
          int expected = token == 0 ? 7 + mask + j : 3 + j;
          assertThat(embeddings.get(0, token, j)).as("%d %d", token, j).isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void aPromptIsEncodedOnce() throws IOException {
    LengthTokenizer tokenizer = new LengthTokenizer();
    try (TextEncoder encoder =
        TextEncoder.open(LengthTokenizer.component(folder, "int64"), tokenizer)) {
      Tensor first = encoder.of("a cat");
      assertThat(encoder.of("a cat")).isSameAs(first);
      assertThat(encoder.of("a hound")).isNotEqualTo(first);
      for (int i = 1; i < 256; i++) {
        encoder.of("x".repeat(i));
      }
      assertThat(encoder.of("x".repeat(255))).isNotNull();
      assertThat(tokenizer.prompts()).isEqualTo(2 + 255);
      assertThat(encoder.of("a cat")).isNotSameAs(first).isEqualTo(first);
      assertThat(tokenizer.prompts()).isEqualTo(2 + 255 + 1);
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
    LengthTokenizer tokenizer = new LengthTokenizer();
    TextEncoder encoder =
        TextEncoder.open(LengthTokenizer.component(folder, "int64"), tokenizer, Provider.cpu());
    encoder.of("a cat");
    assertThat(encoder.toString()).contains("model.onnx", "cpu");
    encoder.close();
    encoder.close();

    assertThatThrownBy(() -> encoder.of("a cat"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("model.onnx", "closed");
    assertThat(tokenizer.closings()).isPositive();
  }

  @Test
  @SuppressWarnings("NullAway") // what a caller without checks of nulls may do
  void missingArgumentsAreNamed() throws IOException {
    Path component = LengthTokenizer.component(folder, "int64");
    assertThatNullPointerException()
        .isThrownBy(() -> TextEncoder.open(null, new LengthTokenizer()))
        .withMessage("folder");
    assertThatNullPointerException()
        .isThrownBy(() -> TextEncoder.open(component, null))
        .withMessage("tokenizer");
    assertThatNullPointerException()
        .isThrownBy(() -> TextEncoder.open(component, new LengthTokenizer(), null))
        .withMessage("provider");
    try (TextEncoder encoder = TextEncoder.open(component, new LengthTokenizer())) {
      assertThatNullPointerException().isThrownBy(() -> encoder.of(null)).withMessage("prompt");
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
                    answers.add(encoder.of("y".repeat(length)));
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
                      encoder.of(thread + run);
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
          .isEqualTo(encoder.of("a lithograph of a skull"));
      assertThat(encoder.of("").shape()).isEqualTo(Shape.of(1, 77, 16));
    }
  }
}
