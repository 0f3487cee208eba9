package io.github.diffusion4j.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.diffusion4j.Noise;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResizeTest {

  private static final Tensor NOISE = Noise.perImage(1).stream(Shape.images(2, 3, 9, 13)).next();

  @Test
  void theirOwnSizeChangesNothing() {
    assertThat(Resize.bilinear(NOISE, 9, 13)).isEqualTo(NOISE);
  }

  @Test
  void cornersStay() {
    Tensor resized = Resize.bilinear(NOISE, 31, 40);
    for (int c = 0; c < 3; c++) {
      for (int i = 0; i < 4; i++) {
        int low = i / 2;
        int right = i % 2;
        assertThat(resized.get(1, c, 30 * low, 39 * right))
            .isCloseTo(NOISE.get(1, c, 8 * low, 12 * right), within(1e-6f));
      }
    }
  }

  @Test
  void pixelsOfTheOldGridStayWhenTheNewOneContainsIt() {
    Tensor resized = Resize.bilinear(NOISE, 17, 25);
    for (int y = 0; y < 9; y++) {
      for (int x = 0; x < 13; x++) {
        assertThat(resized.get(0, 2, 2 * y, 2 * x)).isEqualTo(NOISE.get(0, 2, y, x));
      }
    }
  }

  @Test
  void aSlopeStaysASlope() {
    Tensor slope = Tensor.of(Shape.images(1, 1, 2, 3), 0, 1, 2, 10, 11, 12);
    assertThat(Resize.bilinear(slope, 3, 5))
        .isEqualTo(
            Tensor.of(
                Shape.images(1, 1, 3, 5),
                0,
                .5f,
                1,
                1.5f,
                2, //
                5,
                5.5f,
                6,
                6.5f,
                7, //
                10,
                10.5f,
                11,
                11.5f,
                12));
  }

  @Test
  void oneRowOrColumnIsTheFirst() {
    assertThat(Resize.bilinear(NOISE, 1, 1).get(1, 1, 0, 0)).isEqualTo(NOISE.get(1, 1, 0, 0));
    Tensor dot = Tensor.of(Shape.images(1, 1, 1, 1), .3f);
    assertThat(Resize.bilinear(dot, 4, 5).toArray()).containsOnly(.3f).hasSize(20);
  }

  @Test
  void noImagesGiveNone() {
    Tensor none = Tensor.zeros(Shape.images(0, 3, 4, 4));
    assertThat(Resize.bilinear(none, 8, 8).shape()).isEqualTo(Shape.images(0, 3, 8, 8));
  }

  @ParameterizedTest
  @CsvSource({
    "64, 3, 256, 5",
    "3, 64, 5, 256",
    "7, 5, 3, 9",
    "4, 4, 1, 7",
    "1, 6, 8, 2",
    "28, 28, 32, 32"
  })
  void valuesAreTorchs(int h, int w, int height, int width) throws IOException {
    String name = "bilinear-" + h + "x" + w + "-" + height + "x" + width + ".f32";
    Shape from = Shape.images(2, 3, h, w);
    Shape to = Shape.images(2, 3, height, width);
    try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream(name), name)) {
      FloatBuffer golden = ByteBuffer.wrap(in.readAllBytes()).asFloatBuffer();
      Tensor images = Tensor.of(from, golden);
      float[] expected = Tensor.of(to, golden.position(from.elements())).toArray();
      assertThat(Resize.bilinear(images, height, width).toArray())
          .containsExactly(expected, within(2e-7f));
    }
  }

  @Test
  void wrongShapesAndSizesAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Resize.bilinear(Tensor.zeros(Shape.of(3, 4, 4)), 8, 8))
        .withMessageContaining("[batch, channels, height, width], got [3, 4, 4]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Resize.bilinear(Tensor.zeros(Shape.images(1, 3, 0, 4)), 8, 8))
        .withMessageContaining("got [1, 3, 0, 4]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Resize.bilinear(NOISE, 0, 8))
        .withMessage("height must be at least 1, got 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Resize.bilinear(NOISE, 8, -8))
        .withMessage("width must be at least 1, got -8");
  }
}
