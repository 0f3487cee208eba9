package io.github.diffusion4j.train.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.github.diffusion4j.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DatasetViewTest {

  private static final int COUNT = 40;

  /** Pixels that tell their place, the classes one after the other. */
  private record Numbered() implements Dataset {

    @Override
    public int size() {
      return COUNT;
    }

    @Override
    public int channels() {
      return 1;
    }

    @Override
    public int height() {
      return 1;
    }

    @Override
    public int width() {
      return 1;
    }

    @Override
    public int classes() {
      return 2;
    }

    @Override
    public void image(int index, float[] into, int offset) {
      into[offset] = index / 255f;
    }

    @Override
    public int label(int index) {
      return index < COUNT / 2 ? 0 : 1;
    }

    @Override
    public Optional<String> caption(int index) {
      return Optional.of("picture " + index);
    }

    @Override
    public String name() {
      return "numbered";
    }
  }

  private final Dataset all = new Numbered();

  private static int[] places(Dataset data) {
    return IntStream.range(0, data.size()).map(i -> place(data, i)).toArray();
  }

  private static int place(Dataset data, int index) {
    float[] drawn = new float[1];
    data.draw(index, new SplittableRandom(1), drawn, 0);
    Tensor image = data.images(index, index + 1);
    assertThat(image.toArray()).isEqualTo(drawn);
    int place = Math.round(255 * drawn[0]);
    assertThat(data.label(index)).isEqualTo(place < COUNT / 2 ? 0 : 1);
    assertThat(data.caption(index)).contains("picture " + place);
    return place;
  }

  @Test
  void rangeIsThoseImages() {
    assertThat(places(all.range(3, 6))).containsExactly(3, 4, 5);
    assertThat(places(all.range(3, 6).range(1, 3))).containsExactly(4, 5);
    assertThat(places(all.first(2))).isEqualTo(places(all.range(0, 2))).containsExactly(0, 1);
    assertThat(all.first(2).hash()).isEqualTo(all.range(0, 2).hash()).endsWith(", first 2");
    assertThat(all.range(3, 6).name()).isEqualTo(all.name() + ", images 3 to 6");
  }

  @Test
  void shuffledHasEachImageOnceInAnOrderOfItsSeed() {
    Dataset shuffled = all.shuffled(7);
    assertThat(places(shuffled))
        .containsExactlyInAnyOrder(places(all))
        .isEqualTo(places(all.shuffled(7)))
        .isNotEqualTo(places(all.shuffled(8)));
    // What is held back has both classes, and the rest is all the others.
    assertThat(IntStream.range(0, 10).map(shuffled::label)).contains(0, 1);
    assertThat(places(shuffled.range(10, COUNT))).doesNotContain(places(shuffled.first(10)));
    assertThat(shuffled.hash()).isEqualTo(all.hash() + ", shuffled by 7");
    assertThat(shuffled.hash()).isNotEqualTo(all.shuffled(8).hash());
  }

  @Test
  void chosenAreThoseImagesInTheirOrder() {
    Dataset second = all.filtered(i -> all.label(i) == 1);
    assertThat(places(second)).containsExactly(IntStream.range(20, COUNT).toArray());
    assertThat(second.classes()).isEqualTo(2);
    assertThat(second.name()).startsWith("numbered, 20 chosen, ");
    assertThat(second.hash())
        .isEqualTo(all.filtered(i -> i >= 20).hash())
        .isNotEqualTo(all.filtered(i -> i < 20).hash());
    assertThat(places(second.first(3))).containsExactly(20, 21, 22);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> all.filtered(i -> false))
        .withMessage("of numbered at least one image must be chosen, got 0");
    assertThatNullPointerException().isThrownBy(() -> all.filtered(null)).withMessage("chosen");
    assertThatNullPointerException()
        .isThrownBy(() -> all.validatedOn(null))
        .withMessage("heldBack");
  }

  @Test
  void repeatedHasAllImagesSeveralTimes() {
    Dataset twice = all.range(3, 6).repeated(2);
    assertThat(places(twice)).containsExactly(3, 4, 5, 3, 4, 5);
    assertThat(twice.name()).endsWith("images 3 to 6, 2 times");
    Dataset often = all.repeated(50_000_000); // no list of them
    assertThat(often.label(often.size() - 1)).isEqualTo(all.label(all.size() - 1));
    assertThat(all.repeated(1).hash()).isNotEqualTo(all.repeated(2).hash());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> twice.shuffled(1).range(0, 5).holdingBack(.5, 1))
        .withMessageContainingAll("held back before they are repeated", "2 times");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> all.repeated(0))
        .withMessageContaining("times must be in [1, ");
    assertThatIllegalArgumentException().isThrownBy(() -> all.repeated(Integer.MAX_VALUE));
  }

  @Test
  void whatIsHeldBackIsDrawnAndNotAmongTheOthers() {
    Dataset rest = all.holdingBack(.25, 7);
    Dataset heldBack = rest.heldBack().orElseThrow();
    assertThat(places(heldBack)).hasSize(10).isEqualTo(places(all.shuffled(7).first(10)));
    assertThat(places(rest)).hasSize(30).doesNotContain(places(heldBack));
    assertThat(all.first(3).holdingBack(.01, 1).size()).isEqualTo(2);
    assertThat(all.first(3).holdingBack(.99, 1).size()).isEqualTo(1);
    for (double share : new double[] {0, 1, -1, Double.NaN}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> all.holdingBack(share, 1))
          .withMessage("share to hold back must be in (0, 1), got " + share);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> all.first(1).holdingBack(.5, 1))
        .withMessageContaining("2 or more");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> rest.holdingBack(.5, 1))
        .withMessageContaining("holds images back already");
  }

  @Test
  void orderStaysTheSame() {
    // A resumed run finds the order that its digest tells, whatever the release.
    assertThat(places(all.shuffled(7))).startsWith(4, 27, 8, 25, 33, 7, 21, 20, 31, 10);
  }

  @Test
  void conditionIsAddedToNameAndDigestAndFollowsItsImage() {
    List<Integer> two = List.of(2);
    Dataset told = all.conditioned("place", two, i -> new float[] {i, 1});
    assertThat(told.conditions()).isEqualTo(Map.of("place", two));
    assertThat(told.name()).isEqualTo("numbered, with place");
    assertThat(told.hash())
        .startsWith(all.hash() + ", place sha256:")
        .isNotEqualTo(all.conditioned("place", two, i -> new float[] {i, 2}).hash());
    float[] into = new float[3];
    told.range(5, 9).condition("place", 2, into, 1);
    assertThat(into).containsExactly(0, 7, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> told.conditioned("place", two, i -> into))
        .withMessageContaining("has a condition place already");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> all.conditioned("class", two, i -> into))
        .withMessageContaining("other than sample, timestep and class, got class");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> all.conditioned("place", two, i -> into).condition("place", 4, into, 0))
        .withMessage("condition place of image 4 must have 2 values, got 3");
  }

  @Test
  void placesOutsideAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> all.range(3, 3))
        .withMessageContaining("3");
    assertThatIllegalArgumentException().isThrownBy(() -> all.range(-1, 3));
    assertThatIllegalArgumentException().isThrownBy(() -> all.range(0, COUNT + 1));
    assertThatIllegalArgumentException().isThrownBy(() -> all.first(0));
    Dataset part = all.range(3, 6);
    for (int index : new int[] {-1, 3}) {
      assertThatIllegalArgumentException().isThrownBy(() -> part.label(index));
      assertThatIllegalArgumentException().isThrownBy(() -> part.image(index, new float[1], 0));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> all.shuffled(1).range(0, 3).label(index));
    }
  }
}
