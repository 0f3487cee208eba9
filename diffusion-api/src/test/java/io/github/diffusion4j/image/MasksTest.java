package io.github.diffusion4j.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.Tensors;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MasksTest {

  /** A drawing of all levels, higher than wide. */
  private static final BufferedImage DRAWING = drawing();

  @TempDir Path folder;

  private static BufferedImage drawing() {
    BufferedImage image = new BufferedImage(16, 24, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 16 * 24; i++) {
      image.getRaster().setSample(i % 16, i / 16, 0, (i - 64) & 255);
    }
    return image;
  }

  @Test
  void aRectangleIsOneInside() {
    assertThat(Masks.rectangle(4, 5, 1, 2, 3, 4))
        .isEqualTo(
            Tensor.of(
                Shape.images(1, 1, 4, 5),
                0,
                0,
                0,
                0,
                0, //
                0,
                0,
                1,
                1,
                0, //
                0,
                0,
                1,
                1,
                0, //
                0,
                0,
                0,
                0,
                0));
    assertThat(Masks.rectangle(3, 2, 0, 0, 3, 2).toArray()).containsOnly(1);
    assertThat(Masks.rectangle(3, 2, 3, 2, 3, 2).toArray()).containsOnly(0);
  }

  @Test
  void whiteIsOneAndBlackZeroAndTheMiddleIsKept() {
    float[] levels = new float[256];
    for (int i = 0; i < 256; i++) {
      levels[i] = i / 255f;
    }
    assertThat(Masks.of(DRAWING, 16)).isEqualTo(Tensor.of(Shape.images(1, 1, 16, 16), levels));
  }

  @Test
  void aMaskIsAChannelOfItsPicture() {
    for (int side : new int[] {1, 5, 16, 40}) {
      assertThat(Masks.of(DRAWING, side))
          .isEqualTo(Images.toSquare(DRAWING, side, PixelRange.UNIT).channels(1, 2));
    }
  }

  @Test
  void aMaskAndItsInverseAddUpToOne() {
    Tensor mask = Masks.of(DRAWING, 16);
    assertThat(Tensors.mix(1, mask, 1, Masks.invert(mask)).toArray()).containsOnly(1);
    Tensor sharp = Masks.rectangle(8, 8, 2, 0, 5, 7);
    assertThat(Masks.invert(sharp)).isNotEqualTo(sharp);
    assertThat(Masks.invert(Masks.invert(sharp))).isEqualTo(sharp);
  }

  @Test
  void grayInAColouredTypeOfImageWillDo() {
    BufferedImage image = new BufferedImage(2, 2, BufferedImage.TYPE_INT_ARGB);
    image.setRGB(0, 0, 0xFF000000);
    image.setRGB(1, 1, 0xFF333333);
    assertThat(Masks.of(image, 2)).isEqualTo(Tensor.of(Shape.images(1, 1, 2, 2), 0, 1, 1, .2f));
  }

  @Test
  void aFileIsItsImage() {
    Path file = folder.resolve("mask.png");
    Png.write(file, DRAWING);
    assertThat(Masks.read(file, 7)).isEqualTo(Masks.of(DRAWING, 7));
  }

  @Test
  void wrongMasksAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Masks.rectangle(4, 5, 1, 2, 5, 4))
        .withMessage("bottom must be in [0, 4], got 5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Masks.rectangle(4, 5, 1, 3, 3, 2))
        .withMessage("left must be in [0, 2], got 3");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Masks.rectangle(4, 5, -1, 0, 3, 2))
        .withMessage("top must be in [0, 3], got -1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Masks.rectangle(4, 5, 0, 0, 3, 6))
        .withMessage("right must be in [0, 5], got 6");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Masks.rectangle(0, 5, 0, 0, 0, 5))
        .withMessage("height must be at least 1, got 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Masks.of(DRAWING, 0))
        .withMessage("side must be at least 1, got 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Masks.invert(Tensor.of(Shape.images(1, 1, 1, 2), 0, 1.5f)))
        .withMessage("mask must be in [0.0, 1.0], got 1.5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Masks.invert(Tensor.of(Shape.images(1, 1, 1, 1), Float.NaN)))
        .withMessageContaining("got NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Masks.invert(Tensor.zeros(Shape.images(1, 3, 2, 2))))
        .withMessage("a mask has the shape [batch, 1, height, width], got [1, 3, 2, 2]");
  }

  @Test
  void colouredMasksAreRefusedByPixelAndFile() {
    BufferedImage image = new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB);
    image.setRGB(2, 1, 0xFF0000);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Masks.of(image, 2))
        .withMessageContaining("coloured pixel in column 2, row 1");
    Path file = folder.resolve("mask.png");
    Png.write(file, image);
    assertThatThrownBy(() -> Masks.read(file, 2))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("coloured pixel in column 2, row 1");
  }
}
