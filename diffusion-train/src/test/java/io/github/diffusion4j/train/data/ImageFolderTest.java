package io.github.diffusion4j.train.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.image.Images;
import io.github.diffusion4j.image.PixelRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageFolderTest {

  @TempDir Path folder;

  private ImageFolder read() {
    return ImageFolder.of(folder, 3, 8);
  }

  private Path colour(String name, int number) throws IOException {
    return Pictures.colour(folder.resolve(name), 11, 9, number);
  }

  @Test
  void subFoldersAreClassesInTheOrderOfTheirNames() throws IOException {
    colour("dog/b.png", 1);
    colour("dog/a/deep.jpeg", 2);
    colour("cat/9.png", 3);
    colour("cat/10.JPG", 4);
    Files.writeString(folder.resolve("cat/notes.txt"), "no image");
    Files.writeString(folder.resolve("LICENSE.md"), "no image");
    colour(".thumbnails/x.png", 5);
    Files.writeString(folder.resolve("dog/.hidden.png"), "no image");
    ImageFolder data = read();
    assertThat(data.classNames()).containsExactly("cat", "dog");
    assertThat(data.classes()).isEqualTo(2);
    assertThat(IntStream.range(0, data.size()).mapToObj(i -> folder.relativize(data.file(i))))
        .containsExactly(
            Path.of("cat", "10.JPG"),
            Path.of("cat", "9.png"),
            Path.of("dog", "a", "deep.jpeg"),
            Path.of("dog", "b.png"));
    assertThat(IntStream.range(0, data.size()).map(data::label)).containsExactly(0, 0, 1, 1);
    assertThat(data.name()).isEqualTo("image folder " + folder.getFileName());
  }

  @Test
  void folderWithoutSubFoldersIsOneClass() throws IOException {
    colour("b.png", 1);
    colour("a.png", 2);
    ImageFolder data = read();
    assertThat(data.classNames()).containsExactly(folder.getFileName().toString());
    assertThat(data.label(1)).isZero();
    assertThat(data.file(0)).isEqualTo(folder.resolve("a.png"));
    assertThat(data.caption(0)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.png", "a.jpg"})
  void imagesAreTheApisSquaresInEveryBit(String name) throws IOException {
    Path file = colour(name, 1);
    ImageFolder data = read();
    assertThat(data.images(0, 1)).isEqualTo(Images.readSquare(file, 8, PixelRange.UNIT));
    float[] room = new float[193];
    data.image(0, room, 1);
    assertThat(Arrays.copyOfRange(room, 1, 193)).isEqualTo(data.images(0, 1).toArray());
  }

  @Test
  void grayImagesHaveOneChannelOrThree() throws IOException {
    Path file = Pictures.gray(folder.resolve("a.png"), 20, 30, 1);
    ImageFolder gray = ImageFolder.of(folder, 1, 8);
    assertThat(gray.channels()).isEqualTo(1);
    assertThat(gray.images(0, 1)).isEqualTo(Images.readSquare(file, 1, 8, PixelRange.UNIT));
    assertThat(Arrays.copyOf(read().images(0, 1).toArray(), 64))
        .isEqualTo(gray.images(0, 1).toArray());
  }

  @Test
  void colouredImagesAreNotTakenForGray() throws IOException {
    Pictures.gray(folder.resolve("a.png"), 8, 8, 1);
    Path file = colour("b.png", 2);
    assertThatThrownBy(() -> ImageFolder.of(folder, 1, 8))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContainingAll(file.toString(), "one channel needs a gray image");
  }

  @Test
  void digestIsThatOfSquaresAndLabelsWhateverTheNames() throws IOException {
    colour("x/a.png", 1);
    colour("y/b.png", 2);
    String hash = read().hash();
    assertThat(hash).isEqualTo("sha256:" + Sha256.of(read()));
    Files.move(folder.resolve("y/b.png"), folder.resolve("y/c.png"));
    assertThat(read().hash()).isEqualTo(hash);
    assertThat(ImageFolder.of(folder, 3, 7).hash()).isNotEqualTo(hash);
    Files.move(folder.resolve("y/c.png"), folder.resolve("x/c.png"));
    Files.delete(folder.resolve("y"));
    assertThat(read().hash()).isNotEqualTo(hash);
  }

  @Test
  void emptyFoldersAreNamed() throws IOException {
    Files.writeString(folder.resolve("a.webp"), "another format");
    assertRefused("expected files that end in .png, .jpg, .jpeg, found 1 other files");
    Files.delete(folder.resolve("a.webp"));
    colour("x/a.png", 1);
    Path empty = Files.createDirectory(folder.resolve("y"));
    assertRefused(empty.toString(), "expected files that end in", "found 0 other files");
  }

  @Test
  void whatIsNoFolderIsNamed() throws IOException {
    Path file = colour("a.png", 1);
    assertThatThrownBy(() -> ImageFolder.of(file, 3, 8))
        .isInstanceOf(DiffusionException.class)
        .hasMessage("image folder " + file + ": expected a folder, found a file");
    Path absent = folder.resolve("absent");
    assertThatThrownBy(() -> ImageFolder.of(absent, 3, 8))
        .isInstanceOf(DiffusionException.class)
        .hasMessage("image folder " + absent + ": expected a folder, found none");
  }

  @Test
  void imagesBesideSubFoldersAreRefused() throws IOException {
    colour("a.png", 1);
    colour("x/b.png", 2);
    assertRefused("expected all images in sub-folders or none", "found a.png beside sub-folder x");
  }

  @Test
  void filesThatAreNoImagesAreNamed() throws IOException {
    colour("a.png", 1);
    Path text = Files.writeString(folder.resolve("b.png"), "no image");
    assertRefused(text.toString(), "must be a PNG, JPEG, GIF, BMP or TIFF image");
    byte[] whole = Files.readAllBytes(folder.resolve("a.png"));
    Files.write(text, Arrays.copyOf(whole, whole.length / 2));
    assertRefused(text.toString(), "is damaged or cut off");
  }

  @Test
  void moreImagesThanTheHeapHoldsAreRefusedBeforeTheyAreRead() throws IOException {
    long each = 3L * 4096 * 4096;
    long count = Runtime.getRuntime().maxMemory() / 2 / each + 1;
    for (int i = 0; i < count; i++) {
      Files.createFile(folder.resolve(i + ".png"));
    }
    assertThatThrownBy(() -> ImageFolder.of(folder, 3, 4096))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContainingAll(
            "half of the Java heap", "found " + count + " images, " + count * each + " bytes");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void foldersThatHoldThemselvesAreNamed() throws IOException {
    colour("x/a.png", 1);
    Files.createSymbolicLink(folder.resolve("x/loop"), folder.resolve("x"));
    assertRefused(folder.resolve("x").toString(), "cannot be read", "FileSystemLoopException");
  }

  @Test
  void argumentsOutOfRangeAreNamed() throws IOException {
    colour("a.png", 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ImageFolder.of(folder, 2, 8))
        .withMessage("channels must be 1 or 3, got 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ImageFolder.of(folder, 3, 0))
        .withMessage("side must be in [1, 4096], got 0");
    ImageFolder data = read();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> data.image(1, new float[192], 0))
        .withMessage("image index must be in [0, 0], got 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> data.image(0, new float[192], 1))
        .withMessageContaining("room for 192 values in an array of 192, got 1");
    assertThatIllegalArgumentException().isThrownBy(() -> data.label(-1));
    assertThatIllegalArgumentException().isThrownBy(() -> data.file(1));
    assertThatIllegalArgumentException().isThrownBy(() -> data.caption(1));
  }

  private void assertRefused(String... texts) {
    assertThatThrownBy(this::read)
        .isInstanceOf(DiffusionException.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContainingAll(texts);
  }
}
