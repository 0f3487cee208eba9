package io.github.diffusion4j.onnx.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerTest {

  private static final int END = 49407;

  private static Tokenizer t5;
  private static Tokenizer clip;

  @BeforeAll
  static void open() {
    t5 = Tokenizer.t5(Samples.t5());
    clip = Tokenizer.clip(Samples.clip());
  }

  @AfterAll
  static void close() {
    t5.close();
    clip.close();
  }

  @Test
  @SuppressWarnings("NullAway") // what a caller without checks of nulls may do
  void aMissingPromptIsNamed() {
    for (Tokenizer tokenizer : List.of(t5, clip, t5.lowerCase())) {
      assertThatNullPointerException()
          .isThrownBy(() -> tokenizer.tokenize(null))
          .withMessage("prompt");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\ud83d", "\udc08", "a \ud83d cat", "\udc08\ud83d", "🐈 and \ud83d"})
  void unpairedSurrogatesAreReplacementCharacters(String prompt) {
    String replaced = prompt.replaceAll("[\ud800-\udfff]", "\ufffd");

    assertThat(replaced.codePoints()).contains(0xFFFD);
    assertThat(t5.tokenize(prompt)).isEqualTo(t5.tokenize(replaced));
    assertThat(clip.tokenize(prompt)).isEqualTo(clip.tokenize(replaced));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a ", "a", "猫", "🐈", "\0", "e\u0301", "a.", "\ud83d"})
  void aPromptOfAMegabyteIsCut(String part) {
    String prompt = part.repeat((1 << 20) / part.length());

    assertThat(clip.tokenize(prompt).count()).isEqualTo(Tokens.LENGTH);
    assertThat(clip.tokenize(prompt).ids()[76]).isEqualTo(END);
    Tokens tokens = t5.tokenize(prompt);
    assertThat(tokens.ids()[tokens.count() - 1]).isEqualTo(1);
  }

  @Test
  void aMegabyteOfBlanksIsAnEmptyPrompt() {
    String blanks = " ".repeat(1 << 20);

    assertThat(t5.tokenize(blanks)).isEqualTo(t5.tokenize(""));
    assertThat(clip.tokenize(blanks)).isEqualTo(clip.tokenize(""));
  }

  @Test
  void aPromptLongerThanTwoMillionCharactersIsRefused() {
    String longest = " ".repeat((1 << 21) - 1) + "a";

    assertThat(clip.tokenize(longest)).isEqualTo(clip.tokenize("a"));
    assertThatThrownBy(() -> clip.tokenize(longest + "a"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("2097152", "2097153");
  }

  @Test
  void aPromptThatIsCutIsWarnedOfOnce() {
    String one = "one ".repeat(77);
    String two = "two ".repeat(77);
    List<String> warnings =
        warnings(
            () -> {
              try (Tokenizer tokenizer = Tokenizer.clip(Samples.clip())) {
                for (String prompt : List.of(one, two, one, "short", two, one)) {
                  tokenizer.tokenize(prompt);
                }
              }
            });

    assertThat(warnings).hasSize(2);
    assertThat(warnings.get(0)).contains("77 tokens", "takes 75", "\"one one ", "…\"");
    assertThat(warnings.get(1)).contains("\"two two ");
  }

  @Test
  void aPromptThatJustFitsIsNotWarnedOf() {
    List<String> warnings =
        warnings(
            () -> {
              assertThat(clip.tokenize("just ".repeat(75)).count()).isEqualTo(77);
              assertThat(t5.tokenize("word ".repeat(76)).count()).isEqualTo(77);
            });

    assertThat(warnings).isEmpty();
  }

  private static List<String> warnings(Runnable work) {
    PrintStream before = System.err;
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    try {
      work.run();
    } finally {
      System.setErr(before);
    }
    return log.toString(StandardCharsets.UTF_8).lines().filter(l -> l.contains("WARN")).toList();
  }

  @Test
  void upperCaseAndBlanksMakeNoDifferenceAfterLowerCase() {
    Tokenizer cleaning = t5.lowerCase();
    Tokens plain = t5.tokenize("a lithograph of a skull");

    assertThat(cleaning.tokenize("\u00a0 A Lithograph of a SKULL\n\t")).isEqualTo(plain);
    assertThat(t5.tokenize("A Lithograph of a SKULL")).isNotEqualTo(plain);
  }

  @Test
  void promptsAreCleanedAsPythonDoesInAnyLocale() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("tr"));
      assertThat(Prompts.clean(" \u0085\u001c\u00a0\u2007TITLE İ ΣΑΣ\u200b\u3000\u202f\r\n"))
          .isEqualTo("title i\u0307 σας\u200b");
      assertThat(Prompts.clean(" \t ")).isEmpty();
      assertThat(Prompts.clean("")).isEmpty();
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void aClosedTokenizerRefusesPromptsAndMayBeClosedAgain() {
    Tokenizer tokenizer = Tokenizer.clip(Samples.clip());
    Tokenizer cleaning = tokenizer.lowerCase();
    cleaning.tokenize("a cat");
    cleaning.close();
    tokenizer.close();

    assertThatThrownBy(() -> tokenizer.tokenize("a cat"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("tokenizer.json", "closed");
    assertThatThrownBy(() -> cleaning.tokenize("a cat")).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void closingAmidPromptsOfManyThreadsEndsThemByAnException() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      for (int round = 0; round < 5; round++) {
        Tokenizer tokenizer = Tokenizer.clip(Samples.clip());
        Tokens expected = tokenizer.tokenize("a photo of a cat");
        CountDownLatch started = new CountDownLatch(3);
        List<Future<Boolean>> runs = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
          runs.add(threads.submit(untilClosed(tokenizer, expected, started)));
        }
        started.await();
        tokenizer.close();
        for (Future<Boolean> run : runs) {
          assertThat(run.get()).isTrue();
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** Ends by the promised exception, after right answers only. */
  private static Callable<Boolean> untilClosed(
      Tokenizer tokenizer, Tokens expected, CountDownLatch started) {
    return () -> {
      try {
        while (tokenizer.tokenize("a photo of a cat").equals(expected)) {
          started.countDown();
        }
        return false;
      } catch (IllegalStateException e) {
        return String.valueOf(e.getMessage()).contains("closed");
      }
    };
  }

  @Test
  void tokensArePaddedAndCopied() {
    Tokens tokens = Tokens.padded(9, 5, 6);
    tokens.ids()[0] = 1;
    tokens.attentionMask()[0] = 0;

    assertThat(tokens.ids()).hasSize(77).startsWith(5, 6, 9).endsWith(9);
    assertThat(tokens.attentionMask()).hasSize(77).startsWith(1, 1, 0).endsWith(0);
    assertThat(tokens.count()).isEqualTo(2);
    assertThat(tokens).hasToString("Tokens[5, 6]").isEqualTo(Tokens.padded(9, 5, 6));
    assertThat(tokens).isNotEqualTo(Tokens.padded(9, 5, 6, 9)).hasSameHashCodeAs(tokens);
  }

  @Test
  void tokensThatNoEncoderTakesAreRefused() {
    assertThatThrownBy(() -> Tokens.padded(0)).hasMessageContainingAll("[1, 77]", "got 0");
    assertThatThrownBy(() -> Tokens.padded(0, new int[78]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("[1, 77]", "got 78");
    assertThatThrownBy(() -> Tokens.padded(-1, 1)).hasMessageContaining("padding token");
    assertThatThrownBy(() -> Tokens.padded(0, 1, -2)).hasMessageContainingAll("token 1", "-2");
  }
}
