package io.github.diffusion4j.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnimatedGifTest {

  @TempDir Path folder;

  /** Frames that hold all 256 levels. */
  private static Tensor frame(int shift) {
    float[] values = new float[256];
    for (int i = 0; i < 256; i++) {
      values[i] = (i + shift) % 256 / 255f;
    }
    return Tensor.of(Shape.images(1, 1, 16, 16), values);
  }

  private Path write(String name, int frames) {
    Path file = folder.resolve(name);
    try (AnimatedGif gif = AnimatedGif.create(file, 50)) {
      for (int i = 0; i < frames; i++) {
        gif.add(frame(40 * i), PixelRange.UNIT);
      }
      gif.finish(1500);
    }
    return file;
  }

  private static List<BufferedImage> frames(Path file, List<Integer> delays) throws IOException {
    ImageReader reader = ImageIO.getImageReadersByFormatName("gif").next();
    List<BufferedImage> frames = new ArrayList<>();
    try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
      reader.setInput(in);
      for (int i = 0; i < reader.getNumImages(true); i++) {
        frames.add(reader.read(i));
        IIOMetadataNode root =
            (IIOMetadataNode) reader.getImageMetadata(i).getAsTree("javax_imageio_gif_image_1.0");
        IIOMetadataNode control =
            (IIOMetadataNode) root.getElementsByTagName("GraphicControlExtension").item(0);
        delays.add(Integer.parseInt(control.getAttribute("delayTime")));
      }
    } finally {
      reader.dispose();
    }
    return frames;
  }

  @Test
  void grayFramesAreExactAndTheLastOneIsHeld() throws IOException {
    List<Integer> delays = new ArrayList<>();
    List<BufferedImage> frames = frames(write("a.gif", 3), delays);
    assertThat(delays).containsExactly(5, 5, 150);
    for (int i = 0; i < 3; i++) {
      assertThat(Images.toTensor(frames.get(i), 1, PixelRange.UNIT)).isEqualTo(frame(40 * i));
    }
  }

  @Test
  void itRepeatsForEver() throws IOException {
    String bytes = Files.readString(write("a.gif", 3), StandardCharsets.ISO_8859_1);
    assertThat(bytes).startsWith("GIF89a").endsWith(";");
    assertThat(bytes).containsOnlyOnce("NETSCAPE2.0\u0003\u0001\0\0\0");
  }

  @Test
  void theSameFramesMakeTheSameFile() {
    assertThat(write("a.gif", 4)).hasSameBinaryContentAs(write("b.gif", 4));
  }

  @Test
  void fewColoursAreExactInEveryFrame() throws IOException {
    Path file = folder.resolve("a.gif");
    List<BufferedImage> originals = new ArrayList<>();
    try (AnimatedGif gif = AnimatedGif.create(file, 20)) {
      for (int i = 0; i < 3; i++) {
        BufferedImage image = new BufferedImage(4, 4, BufferedImage.TYPE_INT_RGB);
        for (int p = 0; p < 16; p++) {
          image.setRGB(p % 4, p / 4, 0x0F0F01 * p + (i << 20));
        }
        originals.add(image);
        gif.add(image);
      }
      gif.finish();
    }
    List<Integer> delays = new ArrayList<>();
    List<BufferedImage> frames = frames(file, delays);
    assertThat(delays).containsExactly(2, 2, 2);
    for (int i = 0; i < 3; i++) {
      assertThat(Images.toTensor(frames.get(i), 3, PixelRange.UNIT))
          .isEqualTo(Images.toTensor(originals.get(i), 3, PixelRange.UNIT));
    }
  }

  @Test
  void anAddedImageMayChangeAfterwards() throws IOException {
    Path file = folder.resolve("a.gif");
    BufferedImage image = Images.toImage(frame(0), PixelRange.UNIT);
    try (AnimatedGif gif = AnimatedGif.create(file, 20)) {
      gif.add(image);
      image.getRaster().setSample(0, 0, 0, 200);
      gif.finish();
    }
    assertThat(Images.toTensor(frames(file, new ArrayList<>()).get(0), 1, PixelRange.UNIT))
        .isEqualTo(frame(0));
  }

  @Test
  void nothingStaysOfAnAbandonedAnimation() throws IOException {
    Path file = folder.resolve("a.gif");
    try (AnimatedGif gif = AnimatedGif.create(file, 20)) {
      gif.add(frame(0), PixelRange.UNIT);
      gif.add(frame(1), PixelRange.UNIT);
      assertThat(file).doesNotExist();
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void anAbandonedAnimationKeepsTheOldFile() throws IOException {
    Path file = write("a.gif", 2);
    byte[] before = Files.readAllBytes(file);
    try (AnimatedGif gif = AnimatedGif.create(file, 20)) {
      gif.add(frame(9), PixelRange.UNIT);
    }
    assertThat(file).hasBinaryContent(before);
  }

  @Test
  void wrongUseIsRefused() {
    Path file = folder.resolve("a.gif");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AnimatedGif.create(file, 5).close())
        .withMessageContaining("[10, 655350], got 5");
    try (AnimatedGif gif = AnimatedGif.create(file, 20)) {
      assertThatIllegalStateException().isThrownBy(gif::finish).withMessageContaining("got none");
      gif.add(frame(0), PixelRange.UNIT);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> gif.add(Tensor.zeros(Shape.images(1, 1, 16, 8)), PixelRange.UNIT))
          .withMessageContaining("16×16 and 8×16");
      gif.finish();
      assertThatIllegalStateException().isThrownBy(gif::finish);
      assertThatIllegalStateException().isThrownBy(() -> gif.add(frame(0), PixelRange.UNIT));
    }
    assertThat(file).exists();
    Path lost = folder.resolve("none").resolve("a.gif");
    assertThatThrownBy(() -> AnimatedGif.create(lost, 20).close())
        .isInstanceOf(DiffusionException.class)
        .hasMessageContaining(lost.toString());
  }
}
