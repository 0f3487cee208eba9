package io.github.diffusion4j.train.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AugmentationTest {

  /** Two channels of two rows of three columns. */
  private static final Tensor IMAGE =
      Tensor.of(Shape.images(1, 2, 2, 3), 0, .1f, .2f, .3f, .4f, .5f, .6f, .7f, .8f, .9f, 1, .05f);

  private static Tensor image(float... values) {
    return Tensor.of(IMAGE.shape(), values);
  }

  @Test
  void flipExchangesLeftAndRightWithItsProbability() {
    Tensor flipped = image(.2f, .1f, 0, .5f, .4f, .3f, .8f, .7f, .6f, .05f, 1, .9f);
    SplittableRandom random = new SplittableRandom(1);
    assertThat(Augmentation.flip(1).apply(IMAGE, random)).isEqualTo(flipped);
    assertThat(Augmentation.flip(0).apply(IMAGE, random)).isEqualTo(IMAGE);
    int count = 0;
    for (int i = 0; i < 10_000; i++) {
      Tensor image = Augmentation.flip(.3).apply(IMAGE, random);
      assertThat(image).isIn(IMAGE, flipped);
      count += image.equals(flipped) ? 1 : 0;
    }
    // Five standard deviations of a binomial count.
    assertThat(count).isBetween(3000 - 229, 3000 + 229);
  }

  @Test
  void shiftGoesEachWayAsOftenAndRepeatsTheEdge() {
    Map<Tensor, Integer> counts = new HashMap<>();
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 9_000; i++) {
      counts.merge(Augmentation.shift(1).apply(IMAGE, random), 1, Integer::sum);
    }
    assertThat(counts)
        .hasSize(9)
        .containsKeys(
            IMAGE,
            image(0, .1f, .2f, 0, .1f, .2f, .6f, .7f, .8f, .6f, .7f, .8f), // down
            image(.3f, .4f, .5f, .3f, .4f, .5f, .9f, 1, .05f, .9f, 1, .05f), // up
            image(0, 0, .1f, .3f, .3f, .4f, .6f, .6f, .7f, .9f, .9f, 1), // right
            image(.4f, .5f, .5f, .4f, .5f, .5f, 1, .05f, .05f, 1, .05f, .05f)); // left and up
    assertThat(counts.values()).allSatisfy(count -> assertThat(count).isBetween(851, 1149));
  }

  @Test
  void valuesOutOfRangeAreNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Augmentation.flip(1.5))
        .withMessage("probability must be in [0.0, 1.0], got 1.5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Augmentation.flip(Double.NaN))
        .withMessageContaining("got NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Augmentation.shift(0))
        .withMessage("shift must be at least 1, got 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Augmentation.shift(2).apply(IMAGE, new SplittableRandom(1)))
        .withMessage("shift must be in [1, 1], got 2");
  }

  @Test
  void oneOfOnesOwnIsANameAndAFunction() {
    Augmentation own = Augmentation.of("dimmed", (image, random) -> image.times(.5f));
    assertThat(own.name()).isEqualTo("dimmed");
    assertThat(own.apply(IMAGE, new SplittableRandom(1))).isEqualTo(IMAGE.times(.5f));
    assertThatIllegalArgumentException().isThrownBy(() -> Augmentation.of(" ", (x, r) -> x));
  }

  /** Brightness halved, or an image of another shape. */
  private record Dimmed(boolean keepsShape) implements Augmentation {
    @Override
    public Tensor apply(Tensor image, RandomGenerator random) {
      return keepsShape ? image.times(.5f) : Tensor.zeros(Shape.images(1, 1, 1, 1));
    }

    @Override
    public String name() {
      return "dimmed";
    }
  }

  @Test
  void viewDrawsChangedImagesAndHoldsThemAsTheyAre(@TempDir Path folder) throws IOException {
    Pictures.colour(folder.resolve("x/a.png"), 4, 4, 1);
    Pictures.colour(folder.resolve("y/b.png"), 4, 4, 2);
    Dataset plain = ImageFolder.of(folder, 3, 4);
    Dataset data = plain.augmented(Augmentation.flip(1)).augmented(new Dimmed(true));
    assertThat(data.images(0, 2)).isEqualTo(plain.images(0, 2));
    assertThat(data.label(1)).isEqualTo(1);
    assertThat(data.name()).isEqualTo(plain.name() + ", flipped with probability 1.0, dimmed");
    assertThat(data.hash()).isEqualTo(plain.hash() + ", flipped with probability 1.0, dimmed");
    for (Dataset set : new Dataset[] {data, data.first(2), plain.first(2)}) {
      float[] drawn = new float[50];
      set.draw(1, new SplittableRandom(1), drawn, 2);
      Tensor image = plain.images(1, 2);
      Tensor expected =
          set.name().contains("dimmed")
              ? Augmentation.flip(1).apply(image, new SplittableRandom(1)).times(.5f)
              : image;
      float[] padded = new float[50];
      System.arraycopy(expected.toArray(), 0, padded, 2, 48);
      assertThat(drawn).isEqualTo(padded);
    }
    Dataset odd = plain.augmented(new Dimmed(false));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> odd.draw(0, new SplittableRandom(1), new float[48], 0))
        .withMessage("dimmed must leave the shape [1, 3, 4, 4], got [1, 1, 1, 1]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> data.first(1).draw(1, new SplittableRandom(1), new float[48], 0))
        .withMessage("image index must be in [0, 0], got 1");
  }
}
