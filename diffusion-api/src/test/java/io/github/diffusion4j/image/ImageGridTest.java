package io.github.diffusion4j.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import java.awt.image.BufferedImage;
import java.util.List;
import org.junit.jupiter.api.Test;

class ImageGridTest {

  private static final Tensor THREE = Tensor.of(Shape.images(3, 1, 1, 2), 0, .2f, .4f, .6f, .8f, 1);

  @Test
  void imagesLieInReadingOrderWithBackgroundBetween() {
    BufferedImage picture =
        ImageGrid.columns(2).padding(1).background(7).draw(THREE, PixelRange.UNIT);
    assertThat(picture.getType()).isEqualTo(BufferedImage.TYPE_BYTE_GRAY);
    assertThat(picture.getWidth()).isEqualTo(7);
    int[] samples = picture.getRaster().getSamples(0, 0, 7, 5, 0, (int[]) null);
    assertThat(samples)
        .containsExactly(
            7, 7, 7, 7, 7, 7, 7, //
            7, 0, 51, 7, 102, 153, 7, //
            7, 7, 7, 7, 7, 7, 7, //
            7, 204, 255, 7, 7, 7, 7, //
            7, 7, 7, 7, 7, 7, 7);
  }

  @Test
  void scaledPixelsAreSquares() {
    BufferedImage picture =
        ImageGrid.columns(3).padding(0).scale(2).draw(THREE.images(0, 1), PixelRange.UNIT);
    assertThat(picture.getRaster().getSamples(0, 0, 12, 2, 0, (int[]) null))
        .containsExactly(
            0, 0, 51, 51, 255, 255, 255, 255, 255, 255, 255, 255, //
            0, 0, 51, 51, 255, 255, 255, 255, 255, 255, 255, 255);
  }

  @Test
  void oneColouredImageMakesTheGridColoured() {
    BufferedImage red = new BufferedImage(2, 1, BufferedImage.TYPE_INT_RGB);
    red.setRGB(0, 0, 0xFF0000);
    BufferedImage gray = Images.toImage(THREE.images(1, 2), PixelRange.UNIT);
    BufferedImage picture = ImageGrid.columns(2).padding(0).draw(List.of(red, gray));
    assertThat(picture.getRGB(0, 0)).isEqualTo(0xFFFF0000);
    assertThat(picture.getRGB(2, 0)).isEqualTo(0xFF666666);
  }

  @Test
  void wrongGridsAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ImageGrid.columns(0))
        .withMessageContaining("got 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ImageGrid.columns(1).scale(0))
        .withMessageContaining("[1, 100], got 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ImageGrid.columns(1).padding(-1))
        .withMessageContaining("[0, 1000], got -1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ImageGrid.columns(1).background(256))
        .withMessageContaining("[0, 255], got 256");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ImageGrid.columns(1).draw(List.of()))
        .withMessageContaining("got none");
    BufferedImage small = Images.toImage(Tensor.zeros(Shape.images(1, 1, 2, 2)), PixelRange.UNIT);
    BufferedImage large = Images.toImage(Tensor.zeros(Shape.images(1, 1, 2, 3)), PixelRange.UNIT);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ImageGrid.columns(1).draw(List.of(small, large)))
        .withMessageContaining("2×2 and 3×2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ImageGrid.columns(Integer.MAX_VALUE).draw(List.of(small)))
        .withMessageContaining("at most");
  }
}
