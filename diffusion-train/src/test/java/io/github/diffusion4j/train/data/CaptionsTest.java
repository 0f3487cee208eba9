package io.github.diffusion4j.train.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.diffusion4j.DiffusionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CaptionsTest {

  private static final String FIRST = "{\"file_name\": \"x/a.png\", \"text\": \"a fox\"}\n";
  private static final String SECOND =
      "{\"text\": \" zwei Äpfel \", \"file_name\": \"x/b.v1.png\", \"source\": 7}\n";

  @TempDir Path folder;

  @BeforeEach
  void writeImages() throws IOException {
    Pictures.colour(folder.resolve("x/a.png"), 4, 4, 1);
    Pictures.colour(folder.resolve("x/b.v1.png"), 4, 4, 2);
  }

  private ImageFolder read() {
    return ImageFolder.captioned(folder, 3, 4);
  }

  private Path text(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }

  private static void assertCaptions(Dataset data, String... captions) {
    assertThat(data.size()).isEqualTo(captions.length);
    for (int i = 0; i < captions.length; i++) {
      assertThat(data.caption(i)).contains(captions[i]);
    }
  }

  @Test
  void captionsAreTheTextsBesideTheImages() throws IOException {
    text("x/a.txt", "\uFEFFa fox\n");
    text("x/b.v1.txt", " zwei Äpfel,\nrot ");
    assertCaptions(read(), "a fox", "zwei Äpfel,\nrot");
    assertCaptions(read().first(1), "a fox");
    assertThatIllegalArgumentException().isThrownBy(() -> read().caption(2));
    assertThatIllegalArgumentException().isThrownBy(() -> read().first(1).caption(1));
  }

  @Test
  void captionsOfTheMetadataComeBeforeTexts() throws IOException {
    text("x/a.txt", "another");
    text("metadata.jsonl", SECOND + "\n" + FIRST);
    assertCaptions(read(), "a fox", "zwei Äpfel");
  }

  @Test
  void captionsAreReadOnlyWhereTheyAreAskedFor() throws IOException {
    text("metadata.jsonl", "spoilt");
    assertThat(ImageFolder.of(folder, 3, 4).caption(0)).isEmpty();
  }

  @Test
  void digestHoldsTheCaptions() throws IOException {
    text("metadata.jsonl", FIRST + SECOND);
    String hash = read().hash();
    text("metadata.jsonl", SECOND + FIRST);
    assertThat(read().hash()).isEqualTo(hash).isNotEqualTo(ImageFolder.of(folder, 3, 4).hash());
    text("metadata.jsonl", FIRST + SECOND.replace("zwei", "drei"));
    assertThat(read().hash()).isNotEqualTo(hash);
  }

  @Test
  void missingAndEmptyTextsAreNamed() throws IOException {
    text("x/a.txt", "a fox");
    assertRefused("x/b.v1.txt", "expected the caption of image b.v1.png, found no file");
    text("x/b.v1.txt", " \n");
    assertRefused("x/b.v1.txt", "expected a caption, found an empty text");
    Files.write(folder.resolve("x/b.v1.txt"), new byte[] {'a', (byte) 0xE4});
    assertRefused("x/b.v1.txt", "expected UTF-8, found other bytes");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"file_name\": \"x/c.png\", \"text\": \"c\"} | expected file_name of an image in the"
            + " folder, found x/c.png",
        "{\"file_name\": \"x/a.png\", \"text\": \"c\"} | expected each file_name once, found"
            + " x/a.png again",
        "{\"file_name\": \"x/b.v1.png\"} | expected text to be a text that is not blank, found"
            + " nothing",
        "{\"file_name\": \"x/b.v1.png\", \"text\": \" \"} | that is not blank, found \" \"",
        "{\"file_name\": 3, \"text\": \"c\"} | expected file_name to be a text that is not blank,"
            + " found 3",
        "[] | expected file_name to be a text",
        "spoilt | expected a JSON object, found Unrecognized token 'spoilt'",
        "{} {} | expected a JSON object, found Trailing token",
      })
  void spoiltLinesAreNamed(String line, String message) throws IOException {
    text("metadata.jsonl", FIRST + line);
    assertRefused("metadata.jsonl", "metadata.jsonl, line 2: ", message);
  }

  @Test
  void imageWithoutALineIsNamed() throws IOException {
    Files.write(folder.resolve("metadata.jsonl"), FIRST.getBytes(UTF_8));
    assertRefused("metadata.jsonl", "expected a line with file_name x/b.v1.png, found none");
  }

  private void assertRefused(String file, String... texts) {
    assertThatThrownBy(this::read)
        .isInstanceOf(DiffusionException.class)
        .hasMessageContaining(folder.resolve(file).toString())
        .hasMessageContainingAll(texts);
  }
}
