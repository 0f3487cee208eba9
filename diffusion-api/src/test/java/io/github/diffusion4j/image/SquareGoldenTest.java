package io.github.diffusion4j.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Squares against torchvision's and Pillow's own; src/test/python/pictures.py made them. */
class SquareGoldenTest {

  private static URL resource(String name) {
    return Objects.requireNonNull(SquareGoldenTest.class.getResource(name), name);
  }

  @ParameterizedTest
  @CsvSource({
    "cat, 64",
    "coffee, 64",
    "coffee, 1",
    "face, 64",
    "drawing, 64",
    "same, 64",
    "dot, 1",
    "dot, 8",
    "thin, 2",
    "thin, 64",
    "small, 3",
    "small, 64",
    "alpha, 32",
    "gray, 32",
    "gray-alpha, 32",
    "gray-16, 32",
    "rgb-16, 32",
    "bits, 32",
    "palette, 32",
    "clear-palette, 32"
  })
  void aPictureIsPillowsInEveryBit(String name, int side) throws IOException, URISyntaxException {
    Path file = Path.of(resource("squares/" + name + ".png").toURI());
    BufferedImage square =
        Images.toImage(Images.readSquare(file, side, PixelRange.SIGNED), PixelRange.SIGNED);
    BufferedImage expected = ImageIO.read(resource("squares/" + name + "-" + side + ".png"));
    assertThat(pixels(square)).isEqualTo(pixels(expected));
  }

  private static int[] pixels(BufferedImage image) {
    return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
  }

  static Stream<String> sizes() throws IOException {
    try (InputStream in = resource("squares.txt").openStream()) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void everySizeIsPillowsInEveryBit(String golden) throws NoSuchAlgorithmException {
    String[] words = golden.split(" ", -1);
    int side = Integer.parseInt(words[2]);
    BufferedImage picture = formula(Integer.parseInt(words[0]), Integer.parseInt(words[1]));
    BufferedImage square =
        Images.toImage(Images.toSquare(picture, side, PixelRange.UNIT), PixelRange.UNIT);
    byte[] bytes = new byte[3 * side * side];
    int[] samples = square.getRaster().getPixels(0, 0, side, side, (int[]) null);
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) samples[i];
    }
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
    assertThat(HexFormat.of().formatHex(hash)).isEqualTo(words[3]);
  }

  /** The picture that pictures.py calls formula. */
  private static BufferedImage formula(int width, int height) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < 3; c++) {
          int bits = (x * 7919 + y * 104729 + c * 1299709 + x * y * 31) % 65521;
          image.getRaster().setSample(x, y, c, bits % 256);
        }
      }
    }
    return image;
  }
}
