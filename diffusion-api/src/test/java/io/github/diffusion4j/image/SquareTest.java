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
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SquareTest {

  @TempDir Path folder;

  /** A picture without symmetry. */
  private static BufferedImage picture(int width, int height) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, (x * 7919 + y * 104729 + x * y * 31) & 0xFFFFFF);
      }
    }
    return image;
  }

  private static BufferedImage transposed(BufferedImage image) {
    BufferedImage turned =
        new BufferedImage(image.getHeight(), image.getWidth(), BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        turned.setRGB(y, x, image.getRGB(x, y));
      }
    }
    return turned;
  }

  @ParameterizedTest
  @EnumSource
  void aSquareOfItsOwnSizeStaysAsItIs(PixelRange range) {
    BufferedImage image = picture(33, 33);
    assertThat(Images.toSquare(image, 33, range)).isEqualTo(Images.toTensor(image, 3, range));
  }

  @ParameterizedTest
  @CsvSource({"40, 32, 4", "41, 32, 4", "42, 32, 5", "43, 32, 6", "44, 32, 6", "32, 32, 0"})
  void thePicturesMiddleIsCutOutHalvesRoundedToEven(int width, int height, int left) {
    BufferedImage image = picture(width, height);
    Tensor middle = Images.toTensor(image.getSubimage(left, 0, 32, 32), 3, PixelRange.UNIT);
    assertThat(Images.toSquare(image, 32, PixelRange.UNIT)).isEqualTo(middle);
    Tensor turned =
        Images.toTensor(transposed(image.getSubimage(left, 0, 32, 32)), 3, PixelRange.UNIT);
    assertThat(Images.toSquare(transposed(image), 32, PixelRange.UNIT)).isEqualTo(turned);
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 64", "3, 200, 64", "17, 5, 2", "300, 600, 64", "1, 100000, 8", "90000, 2, 5"})
  void aPlainPictureStaysPlain(int width, int height, int side) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int x = 0; x < width; x++) {
      for (int y = 0; y < height; y++) {
        image.setRGB(x, y, 0xC86432);
      }
    }
    Tensor square = Images.toSquare(image, side, PixelRange.UNIT);
    assertThat(square.shape()).isEqualTo(Shape.images(1, 3, side, side));
    float[] expected = new float[3 * side * side];
    Arrays.fill(expected, 0, side * side, 200 / 255f);
    Arrays.fill(expected, side * side, 2 * side * side, 100 / 255f);
    Arrays.fill(expected, 2 * side * side, 3 * side * side, 50 / 255f);
    assertThat(square.toArray()).containsExactly(expected);
  }

  @Test
  void aLineNeedsNoPictureOfItsWholeLength() {
    // As a whole it would be 500 × 2.5·10⁹ pixels.
    BufferedImage line = new BufferedImage(5_000_000, 1, BufferedImage.TYPE_BYTE_GRAY);
    line.getRaster().setSample(2_500_000, 0, 0, 255);
    Tensor square = Images.toSquare(line, 500, PixelRange.UNIT);
    assertThat(square.get(0, 0, 0, 499)).isEqualTo(1);
    assertThat(square.get(0, 2, 499, 0)).isZero();
  }

  @Test
  void aSmallerPictureIsTheMeanOfALargeOne() {
    BufferedImage board = new BufferedImage(256, 256, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 256 * 256; i++) {
      board.getRaster().setSample(i % 256, i / 256, 0, (i + i / 256) % 2 * 255);
    }
    Tensor square = Images.toSquare(board, 16, PixelRange.SIGNED);
    for (float value : square.toArray()) {
      assertThat(value).isBetween(-1 / 255f, 1 / 255f);
    }
  }

  @Test
  void grayPicturesHaveThreeEqualChannels() {
    BufferedImage image = new BufferedImage(9, 7, BufferedImage.TYPE_USHORT_GRAY);
    for (int i = 0; i < 63; i++) {
      image.getRaster().setSample(i % 9, i / 9, 0, i * 1040);
    }
    Tensor square = Images.toSquare(image, 5, PixelRange.UNIT);
    assertThat(square.channels(0, 1)).isEqualTo(square.channels(1, 2));
    assertThat(square.channels(0, 1)).isEqualTo(square.channels(2, 3));
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        BufferedImage.TYPE_INT_ARGB,
        BufferedImage.TYPE_INT_ARGB_PRE,
        BufferedImage.TYPE_4BYTE_ABGR
      })
  void hiddenColoursDoNotShow(int type) {
    BufferedImage image = new BufferedImage(8, 8, type);
    for (int i = 0; i < 64; i++) {
      image.setRGB(i % 8, i / 8, 0x00FF0000 * (i % 2) | 0x000000FF);
    }
    assertThat(Images.toSquare(image, 3, PixelRange.UNIT).toArray()).containsOnly(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "bmp", "tiff", "gif", "jpg"})
  void aFileIsItsImage(String format) throws IOException {
    Path file = folder.resolve("picture." + format);
    assertThat(ImageIO.write(picture(50, 40), format, file.toFile())).isTrue();
    assertThat(Images.readSquare(file, 16, PixelRange.SIGNED))
        .isEqualTo(Images.toSquare(ImageIO.read(file.toFile()), 16, PixelRange.SIGNED));
  }

  @Test
  void grayJpegsAreRead() throws IOException {
    Path file = folder.resolve("gray.jpg");
    BufferedImage plain = new BufferedImage(24, 16, BufferedImage.TYPE_BYTE_GRAY);
    assertThat(ImageIO.write(plain, "jpg", file.toFile())).isTrue();
    assertThat(Images.readSquare(file, 8, PixelRange.SIGNED).toArray()).containsOnly(-1);
  }

  @Test
  void wrongSidesAndFilesAreRefused() throws IOException {
    BufferedImage image = picture(4, 4);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Images.toSquare(image, 0, PixelRange.UNIT))
        .withMessage("side must be at least 1, got 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Images.toSquare(image, 30_000, PixelRange.UNIT))
        .withMessageContaining("at most 2147483639 values, got [1, 3, 30000, 30000]");
    Path text = Files.writeString(folder.resolve("picture.png"), "not a picture");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Images.readSquare(text, -1, PixelRange.UNIT))
        .withMessage("side must be at least 1, got -1");
    assertThatThrownBy(() -> Images.readSquare(text, 64, PixelRange.UNIT))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContaining(text.toString())
        .hasMessageContaining("must be a PNG, JPEG, GIF, BMP or TIFF image, found 13 bytes");
  }

  @Test
  void squareOfOneChannelIsAnyOfTheThreeOfAGrayPicture() throws IOException {
    BufferedImage gray = new BufferedImage(13, 9, BufferedImage.TYPE_BYTE_GRAY);
    gray.getGraphics().drawImage(picture(13, 9), 0, 0, null);
    Path file = folder.resolve("gray.png");
    ImageIO.write(gray, "png", file.toFile());
    Tensor one = Images.readSquare(file, 1, 5, PixelRange.SIGNED);
    assertThat(one.shape()).isEqualTo(Shape.images(1, 1, 5, 5));
    assertThat(one.toArray())
        .isEqualTo(Arrays.copyOf(Images.readSquare(file, 5, PixelRange.SIGNED).toArray(), 25));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Images.readSquare(file, 2, 5, PixelRange.SIGNED))
        .withMessage("channels must be 1 or 3, got 2");
  }

  @Test
  void colouredFilesHaveNoSquareOfOneChannel() throws IOException {
    Path file = folder.resolve("coloured.png");
    ImageIO.write(picture(13, 9), "png", file.toFile());
    assertThatThrownBy(() -> Images.readSquare(file, 1, 5, PixelRange.UNIT))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContainingAll(file.toString(), "one channel needs a gray image");
  }
}
