package io.github.diffusion4j.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImagesTest {

  @TempDir Path folder;

  private static BufferedImage colours(int type) {
    BufferedImage image = new BufferedImage(16, 12, type);
    for (int i = 0; i < 192; i++) {
      image.setRGB(i % 16, i / 16, 0xFF000000 | i << 16 | (255 - i) << 8 | i * 7 % 256);
    }
    return image;
  }

  @ParameterizedTest
  @EnumSource
  void everyPixelSurvivesTheWayToATensorAndBack(PixelRange range) {
    float[] levels = new float[256];
    for (int i = 0; i < 256; i++) {
      levels[i] = range.value(i / 255.0);
    }
    Tensor ramp = Tensor.of(Shape.images(1, 1, 16, 16), levels);
    BufferedImage gray = Images.toImage(ramp, range);
    for (int i = 0; i < 256; i++) {
      assertThat(gray.getRaster().getSample(i % 16, i / 16, 0)).isEqualTo(i);
    }
    assertThat(Images.toTensor(gray, 1, range)).isEqualTo(ramp);
    BufferedImage image = colours(BufferedImage.TYPE_INT_RGB);
    BufferedImage back = Images.toImage(Images.toTensor(image, 3, range), range);
    for (int i = 0; i < 192; i++) {
      assertThat(back.getRGB(i % 16, i / 16)).isEqualTo(image.getRGB(i % 16, i / 16));
    }
  }

  @Test
  void valuesAreClampedAndRoundedToTheNearest() {
    Tensor unit =
        Tensor.of(
            Shape.images(1, 1, 1, 6), -3, 2, .4f / 255, .5f / 255, Float.POSITIVE_INFINITY, .5f);
    assertThat(samples(Images.toImage(unit, PixelRange.UNIT)))
        .containsExactly(0, 255, 0, 1, 255, 128);
    Tensor signed = Tensor.of(Shape.images(1, 1, 1, 4), -1, 0, 1, -1.5f);
    assertThat(samples(Images.toImage(signed, PixelRange.SIGNED))).containsExactly(0, 128, 255, 0);
  }

  private static int[] samples(BufferedImage image) {
    return image.getRaster().getSamples(0, 0, image.getWidth(), image.getHeight(), 0, (int[]) null);
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        BufferedImage.TYPE_INT_RGB,
        BufferedImage.TYPE_INT_ARGB,
        BufferedImage.TYPE_INT_ARGB_PRE,
        BufferedImage.TYPE_INT_BGR,
        BufferedImage.TYPE_3BYTE_BGR,
        BufferedImage.TYPE_4BYTE_ABGR
      })
  void theTypeOfAnImageDoesNotMatter(int type) {
    assertThat(Images.toTensor(colours(type), 3, PixelRange.UNIT))
        .isEqualTo(Images.toTensor(colours(BufferedImage.TYPE_INT_RGB), 3, PixelRange.UNIT));
  }

  @Test
  void channelsAreRedGreenAndBlue() {
    BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_3BYTE_BGR);
    image.setRGB(0, 0, 0xFF3300);
    assertThat(Images.toTensor(image, 3, PixelRange.UNIT))
        .isEqualTo(Tensor.of(Shape.images(1, 3, 1, 1), 1, .2f, 0));
  }

  @Test
  void transparencyShowsWhite() {
    BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_ARGB);
    image.setRGB(1, 0, 0x33000000);
    assertThat(Images.toTensor(image, 1, PixelRange.UNIT))
        .isEqualTo(Tensor.of(Shape.images(1, 1, 1, 2), 1, .8f));
  }

  @Test
  void grayOfSixteenBitsKeepsThem() {
    BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_USHORT_GRAY);
    image.getRaster().setSample(0, 0, 0, 12345);
    assertThat(Images.toTensor(image, 3, PixelRange.UNIT))
        .isEqualTo(
            Tensor.of(Shape.images(1, 3, 1, 1), 12345 / 65535f, 12345 / 65535f, 12345 / 65535f));
  }

  @Test
  void wrongTensorsAndImagesAreRefused() {
    Tensor broken = Tensor.of(Shape.images(2, 1, 1, 3), 0, 0, 0, 0, 0, Float.NaN);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Images.toImages(broken, PixelRange.UNIT))
        .withMessage("value must be a number, got NaN at [1, 0, 0, 2]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Images.toImages(Tensor.zeros(Shape.images(1, 2, 4, 4)), PixelRange.UNIT))
        .withMessageContaining("got [1, 2, 4, 4]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Images.toImage(Tensor.zeros(Shape.images(2, 1, 4, 4)), PixelRange.UNIT))
        .withMessageContaining("batch 1");
    BufferedImage image = colours(BufferedImage.TYPE_INT_RGB);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Images.toTensor(image, 1, PixelRange.UNIT))
        .withMessageContaining("coloured pixel in column 0, row 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Images.toTensor(image, 4, PixelRange.UNIT))
        .withMessageContaining("1 or 3, got 4");
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "bmp", "tiff"})
  void filesAreReadExactly(String format) throws IOException {
    Path file = folder.resolve("image." + format);
    BufferedImage image = colours(BufferedImage.TYPE_INT_RGB);
    assertThat(ImageIO.write(image, format, file.toFile())).isTrue();
    assertThat(Images.read(file, 3, PixelRange.SIGNED))
        .isEqualTo(Images.toTensor(image, 3, PixelRange.SIGNED));
  }

  @Test
  void filesThatAreNoWholeImageAreNamed() throws IOException {
    Path missing = folder.resolve("missing.png");
    assertReadFails(missing, "does not exist");
    Path text = Files.writeString(folder.resolve("text.png"), "not an image");
    assertReadFails(text, "found 12 bytes of something else");
    Path empty = Files.write(folder.resolve("empty.png"), new byte[0]);
    assertReadFails(empty, "found 0 bytes");
    Path colour = folder.resolve("colour.png");
    Png.write(colour, colours(BufferedImage.TYPE_INT_RGB), java.util.Map.of());
    assertThatThrownBy(() -> Images.read(colour, 1, PixelRange.UNIT))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContaining("colour.png")
        .hasMessageContaining("got a coloured pixel");
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg", "gif", "bmp"})
  void filesThatAreCutOffAreNamed(String format) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    assertThat(ImageIO.write(colours(BufferedImage.TYPE_INT_RGB), format, bytes)).isTrue();
    for (double share : new double[] {.3, .6, .9}) {
      byte[] part = Arrays.copyOf(bytes.toByteArray(), (int) (share * bytes.size()));
      assertReadFails(Files.write(folder.resolve("part." + format), part), "damaged or cut off");
    }
  }

  private static void assertReadFails(Path file, String message) {
    assertThatThrownBy(() -> Images.read(file, 3, PixelRange.UNIT))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(message);
  }
}
