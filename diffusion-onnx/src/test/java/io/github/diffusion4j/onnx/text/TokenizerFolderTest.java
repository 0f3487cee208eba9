package io.github.diffusion4j.onnx.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.diffusion4j.DiffusionException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerFolderTest {

  private static final String FILE = "tokenizer.json";
  private static final String CONFIG = "tokenizer_config.json";

  @TempDir private Path folder;

  private void config(String json) throws IOException {
    Files.writeString(folder.resolve(CONFIG), json);
  }

  private static Tokens cat(Tokenizer tokenizer) {
    try (tokenizer) {
      return tokenizer.tokenize("a cat");
    }
  }

  @Test
  void theConfigurationSaysWhichTokenizerAFolderHas() throws IOException {
    assertThat(cat(Tokenizer.open(Samples.t5()))).hasToString("Tokens[3, 9, 1712, 1]");
    assertThat(cat(Tokenizer.open(Samples.clip()))).hasToString("Tokens[49406, 320, 2368, 49407]");

    Samples.copy(Samples.t5(), folder, FILE);
    config("{\"tokenizer_class\":\"CLIPTokenizerFast\"}");
    assertThatThrownBy(() -> Tokenizer.open(folder))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContainingAll(FILE, "BPE", "Unigram");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "{\"tokenizer_class\":\"PreTrainedTokenizerFast\"}"})
  void otherwiseTheModelOfTheTokenizerDoes(String config) throws IOException {
    if (!config.isEmpty()) {
      config(config);
    }
    Samples.copy(Samples.t5(), folder, FILE);
    assertThat(cat(Tokenizer.open(folder)).ids()).startsWith(3, 9, 1712, 1, 0);
    Files.delete(folder.resolve(FILE));
    Samples.copy(Samples.clip(), folder, FILE);
    assertThat(cat(Tokenizer.open(folder)).ids()).startsWith(49406, 320, 2368, 49407, 49407);
    Files.delete(folder.resolve(FILE));
    Samples.copy(Samples.clip(), folder, "vocab.json", "merges.txt");
    assertThat(cat(Tokenizer.open(folder)).ids()).startsWith(49406, 320, 2368, 49407, 49407);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"!\"", "{\"content\":\"!\",\"lstrip\":false}"})
  void paddingIsWhatTheConfigurationSays(String token) throws IOException {
    Samples.copy(Samples.clip(), folder, FILE);
    config("{\"pad_token\":" + token + "}");

    assertThat(cat(Tokenizer.clip(folder)).ids())
        .startsWith(49406, 320, 2368, 49407, 0)
        .endsWith(0);
  }

  @Test
  void specialTokensThatTheVocabularyLacksAreNamed() throws IOException {
    Samples.copy(Samples.t5(), folder, FILE);
    config("{\"pad_token\":\"[PAD]\"}");
    assertThatThrownBy(() -> Tokenizer.t5(folder))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContainingAll(FILE, "expected token [PAD]", "found none");
    Files.delete(folder.resolve(FILE));
    Samples.copy(Samples.clip(), folder, "vocab.json", "merges.txt");
    assertThatThrownBy(() -> Tokenizer.clip(folder))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContainingAll("vocab.json", "expected token [PAD]", "found none");
  }

  @Test
  void aFolderWithSentencePieceAloneIsSentToTheExportTool() throws IOException {
    Files.write(folder.resolve("spiece.model"), new byte[] {1});
    config("{\"tokenizer_class\":\"T5Tokenizer\"}");

    for (Consumer<Path> opening : List.<Consumer<Path>>of(Tokenizer::open, Tokenizer::t5)) {
      assertThatThrownBy(() -> opening.accept(folder))
          .isInstanceOf(DiffusionException.class)
          .hasMessageContainingAll(
              folder.toString(), "expected tokenizer.json", "spiece.model", "docs/export");
    }
  }

  @Test
  void aFolderWithoutTokenizerIsNamedWithWhatItHas() throws IOException {
    assertThatThrownBy(() -> Tokenizer.open(folder))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContainingAll(folder.toString(), "tokenizer.json", "merges.txt", "no files");
    Files.createFile(folder.resolve("vocab.json"));
    assertThatThrownBy(() -> Tokenizer.clip(folder)).hasMessageContaining("found [vocab.json]");
    assertThatThrownBy(() -> Tokenizer.t5(folder.resolve("none")))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContaining("no such folder");
    assertThatThrownBy(() -> Tokenizer.open(folder.resolve("vocab.json")))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContaining("found a file");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 100, 5_000, 500_000, 2_000_000})
  void aTokenizerThatEndsEarlyIsNamed(int length) throws IOException {
    for (Path from : List.of(Samples.t5(), Samples.clip())) {
      byte[] whole = Files.readAllBytes(from.resolve(FILE));
      Files.write(folder.resolve(FILE), Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> Tokenizer.open(folder))
          .isInstanceOf(DiffusionException.class)
          .hasMessageContainingAll(folder.resolve(FILE).toString(), "expected ", "found ");
    }
  }

  private static Arguments damage(String name, Consumer<ObjectNode> damage, String message) {
    return Arguments.of(Named.of(name, damage), message);
  }

  private static ObjectNode model(ObjectNode root) {
    return (ObjectNode) root.path("model");
  }

  private static ObjectNode normalizer(ObjectNode root) {
    return (ObjectNode) root.path("normalizer").path("normalizers").path(0);
  }

  private static void table(ObjectNode root, Consumer<byte[]> damage) {
    ObjectNode normalizer = normalizer(root);
    byte[] table = Base64.getDecoder().decode(normalizer.path("precompiled_charsmap").asText());
    damage.accept(table);
    normalizer.put("precompiled_charsmap", Base64.getEncoder().encodeToString(table));
  }

  static Stream<Arguments> damages() {
    return Stream.of(
        damage("no model", root -> root.remove("model"), "a model of type Unigram"),
        damage("other model", root -> model(root).put("type", "WordPiece"), "type WordPiece"),
        damage("no vocabulary", root -> model(root).remove("vocab"), "vocab that is MISSING"),
        damage("text vocabulary", root -> model(root).put("vocab", "x"), "vocab that is STRING"),
        damage("empty vocabulary", root -> model(root).putArray("vocab"), "unk_id in [0, 0)"),
        damage("unknown", root -> model(root).put("unk_id", 40_000), "unk_id in [0, 32100), found"),
        damage("no unknown", root -> model(root).remove("unk_id"), "found none"),
        damage(
            "piece",
            root -> ((ArrayNode) model(root).path("vocab").path(7)).remove(1),
            "piece 7 of vocab"),
        damage(
            "number",
            root -> ((ArrayNode) model(root).path("vocab").path(7)).set(1, "x"),
            "piece 7 of vocab"),
        damage("normalizer", root -> root.putObject("normalizer").put("type", "?"), "not load"),
        damage("no base64", root -> normalizer(root).put("precompiled_charsmap", "?"), "base64"),
        damage("no table", root -> normalizer(root).put("precompiled_charsmap", ""), "a trie of"),
        damage("length of trie", root -> table(root, t -> t[2] = 127), "a trie of"),
        damage("length of trie, odd", root -> table(root, t -> t[0] = 1), "a trie of"),
        damage("root of trie", root -> table(root, t -> t[7] = 0x7F), "a step to"),
        damage("texts of table", root -> table(root, t -> t[t.length - 2] = -1), "UTF-8"),
        damage(
            "all of the trie",
            root -> table(root, t -> Arrays.fill(t, 8, 5000, (byte) 0x41)),
            "precompiled_charsmap"));
  }

  @ParameterizedTest
  @MethodSource("damages")
  void aDamagedTokenizerOfT5IsNamed(Consumer<ObjectNode> damage, String message)
      throws IOException {
    String whole = Files.readString(Samples.t5().resolve(FILE));
    ObjectNode root = (ObjectNode) JsonFile.JSON.readTree(whole);
    damage.accept(root);
    Files.writeString(folder.resolve(FILE), root.toString());

    assertThatThrownBy(() -> Tokenizer.t5(folder))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContainingAll(folder.resolve(FILE).toString(), "expected ", message, "found ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "[] ; a JSON object",
        "{} ; token <|startoftext|>",
        "{\"<|startoftext|>\":1} ; token <|endoftext|>",
        "{\"<|startoftext|>\":1,\"<|endoftext|>\":-2} ; a number of at least 0, found -2",
        "{\"<|startoftext|>\":1,\"<|endoftext|>\":\"x\"} ; a number of at least 0, found \"x\"",
        "{\"<|startoftext|>\":1,\"<|endoftext|>\":3000000000} ; found 3000000000"
      })
  void aDamagedVocabularyOfClipIsNamed(String vocabulary, String message) throws IOException {
    Files.writeString(folder.resolve("vocab.json"), vocabulary);
    Samples.copy(Samples.clip(), folder, "merges.txt");

    assertThatThrownBy(() -> Tokenizer.clip(folder))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContainingAll("vocab.json: expected ", message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "#version: 0.2 | lines of two tokens, found none",
        "i n;t h;th | line 3, found \"th\"",
        "#version: 0.2;i  n | line 2",
        "i n x | line 1",
        "i n;q zzz | line 2, found \"q zzz\""
      })
  void aDamagedListOfMergesIsNamed(String lines, String message) throws IOException {
    Samples.copy(Samples.clip(), folder, "vocab.json");
    Files.writeString(folder.resolve("merges.txt"), lines.replace(';', '\n'));

    assertThatThrownBy(() -> Tokenizer.clip(folder))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContainingAll("merges.txt: expected ", message);
  }

  @Test
  void filesThatAreNotUtf8OrNotFilesAreNamed() throws IOException {
    Samples.copy(Samples.clip(), folder, "vocab.json");
    Files.write(folder.resolve("merges.txt"), "i n\nt é".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> Tokenizer.clip(folder))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContainingAll("merges.txt", "expected UTF-8");
    Files.createDirectory(folder.resolve(FILE));
    assertThatThrownBy(() -> Tokenizer.clip(folder))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContainingAll(FILE, "found a folder");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "[1]", "{} {}"})
  void aDamagedConfigurationIsNamed(String config) throws IOException {
    Samples.copy(Samples.clip(), folder, FILE);
    config(config);

    assertThatThrownBy(() -> Tokenizer.open(folder))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContainingAll(CONFIG, "expected a JSON object", "found ");
    assertThatThrownBy(() -> Tokenizer.clip(folder)).hasMessageContaining(CONFIG);
  }
}
