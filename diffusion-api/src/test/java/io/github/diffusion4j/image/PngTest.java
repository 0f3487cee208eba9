package io.github.diffusion4j.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PngTest {

  private static final BufferedImage IMAGE =
      Images.toImage(Tensor.of(Shape.images(1, 1, 1, 3), 0, .4f, 1), PixelRange.UNIT);

  @TempDir Path folder;

  @Test
  void textsOfAnyLanguageAreReadBack() {
    Map<String, String> text = new LinkedHashMap<>();
    text.put("prompt", "ein Löwe, 一只狮子, 🦁");
    text.put("two lines", "first\nsecond");
    text.put("empty", "");
    text.put("größe", "η = 0.5, ᾱ");
    Path file = folder.resolve("a.png");
    Png.write(file, IMAGE, text);
    assertThat(Png.readText(file)).containsExactlyEntriesOf(text);
    assertThat(Images.read(file, 1, PixelRange.UNIT).toArray()).containsExactly(0, .4f, 1);
  }

  @Test
  void anImageWithoutTextHasNone() {
    Path file = folder.resolve("a.png");
    Png.write(file, IMAGE);
    assertThat(Png.readText(file)).isEmpty();
  }

  @Test
  void aFileIsReplacedAndNothingElseStays() throws IOException {
    Path file = folder.resolve("a.png");
    Png.write(file, IMAGE, Map.of("n", "1"));
    Png.write(file, IMAGE, Map.of("n", "2"));
    assertThat(Png.readText(file)).isEqualTo(Map.of("n", "2"));
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void wrongNamesAreRefusedBeforeAnythingIsWritten() throws IOException {
    for (String name : new String[] {"", " a", "a ", "a  b", "狮", "a\nb", "x".repeat(80)}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Png.write(folder.resolve("a.png"), IMAGE, Map.of(name, "text")))
          .withMessageEndingWith("got \"" + name + "\"");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Png.write(folder.resolve("a.png"), IMAGE, Map.of("name", "a\0b")));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Png.write(folder.resolve("a.png"), IMAGE, Map.of("name", "\uD83D")))
        .withMessageContaining("surrogate");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void filesThatCannotBeWrittenOrReadAreNamed() throws IOException {
    Path lost = folder.resolve("none").resolve("a.png");
    assertThatThrownBy(() -> Png.write(lost, IMAGE))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContaining(lost.toString())
        .hasMessageContaining("cannot be written")
        .hasMessageContaining("there is no such folder");
    assertThatThrownBy(() -> Png.readText(lost))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContaining("does not exist");
    Path gif = folder.resolve("a.png");
    assertThat(ImageIO.write(IMAGE, "gif", gif.toFile())).isTrue();
    assertThatThrownBy(() -> Png.readText(gif))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContaining("must be a PNG image, found gif");
  }

  @Test
  void aLinkStaysAndItsFileIsWritten() throws IOException {
    Path far = Files.createDirectories(folder.resolve("far")).resolve("a.png");
    Path link = Files.createSymbolicLink(folder.resolve("link.png"), far);
    Png.write(link, IMAGE, Map.of("name", "text"));
    assertThat(link).isSymbolicLink();
    assertThat(Png.readText(far)).containsEntry("name", "text");
  }

  @Test
  void aNameMayBeAsLongAsTheFileSystemAllows() {
    Path file = folder.resolve("a".repeat(251) + ".png");
    Png.write(file, IMAGE);
    assertThat(file).exists();
  }

  @Test
  void aFailedWriteLeavesTheFolderAsItWas() throws IOException {
    Path target = Files.createDirectories(folder.resolve("a.png").resolve("full")).getParent();
    assertThatThrownBy(() -> Png.write(target, IMAGE, Map.of()))
        .isInstanceOf(DiffusionException.class);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(target);
    }
  }
}
