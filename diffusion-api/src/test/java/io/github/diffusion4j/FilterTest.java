package io.github.diffusion4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Acceptance 26. */
class FilterTest {

  private static final Tensor IMAGES = TestTensors.noise(5, Shape.images(2, 3, 48, 40));

  static Stream<Filter> filters() {
    return Stream.of(
        Filter.gaussianBlur(33, 2),
        Filter.gaussianBlur(7, 1).after(Filter.gaussianBlur(7, 2)),
        Filter.motionBlur(7),
        Filter.grayscale(),
        Filter.scale(.5));
  }

  @ParameterizedTest
  @MethodSource("filters")
  void aFilterAndItsComplementAddUpToTheImage(Filter filter) {
    Tensor sum = Tensors.mix(1, filter.apply(IMAGES), 1, filter.complement().apply(IMAGES));
    TestTensors.assertClose(sum, IMAGES, 1e-6);
  }

  @ParameterizedTest
  @MethodSource("filters")
  void filtersAreLinear(Filter filter) {
    Tensor other = TestTensors.noise(6, IMAGES.shape());
    Tensor ofSum = filter.apply(Tensors.mix(2, IMAGES, -3, other));
    Tensor sum = Tensors.mix(2, filter.apply(IMAGES), -3, filter.apply(other));
    TestTensors.assertClose(ofSum, sum, 1e-5);
  }

  private static Tensor point(int side) {
    float[] values = new float[side * side];
    values[side / 2 * side + side / 2] = 1;
    return Tensor.of(Shape.images(1, 1, side, side), values);
  }

  @Test
  void theGaussianHasTorchvisionsWeights() {
    float[] wide = new GaussianBlur(33, 2).weights();
    assertThat((double) wide[16]).isCloseTo(.1994711402, within(2e-8));
    assertThat((double) wide[15]).isCloseTo(.1760326634, within(2e-8));
    assertThat((double) wide[18]).isCloseTo(.1209853623, within(2e-8));
    float[] narrow = new GaussianBlur(7, 2).weights();
    assertThat((double) narrow[3]).isCloseTo(.2161059, within(1e-7));
    assertThat((double) narrow[2]).isCloseTo(.1907128, within(1e-7));
    assertThat((double) narrow[1]).isCloseTo(.1310749, within(1e-7));
    Tensor spread = Filter.gaussianBlur(33, 2).apply(point(65));
    assertThat((double) spread.get(0, 0, 32, 32)).isCloseTo(.0397887358, within(1e-8));
    assertThat((double) spread.get(0, 0, 31, 30))
        .isCloseTo(.1760326634 * .1209853623, within(1e-8));
  }

  @Test
  void aConstantImageStaysUpToItsBorders() {
    Tensor constant =
        Tensors.mix(0, IMAGES, 1, Tensor.of(IMAGES.shape(), filled(IMAGES.shape().elements())));
    TestTensors.assertClose(Filter.gaussianBlur(33, 2).apply(constant), constant, 1e-6);
  }

  private static float[] filled(int count) {
    float[] values = new float[count];
    java.util.Arrays.fill(values, .75f);
    return values;
  }

  @Test
  void bordersAreReflectedWithoutTheBorderPixel() {
    Tensor row = Tensor.of(Shape.images(1, 1, 2, 4), 1, 2, 3, 4, 1, 2, 3, 4);
    double[] weights = new double[3];
    float[] exact = new GaussianBlur(3, 1).weights();
    for (int i = 0; i < 3; i++) {
      weights[i] = exact[i];
    }
    Tensor blurred = Filter.gaussianBlur(3, 1).apply(row);
    assertThat((double) blurred.get(0, 0, 0, 0))
        .isCloseTo(2 * weights[0] + weights[1] + 2 * weights[2], within(1e-6));
    assertThat((double) blurred.get(0, 0, 1, 3))
        .isCloseTo(3 * weights[0] + 4 * weights[1] + 3 * weights[2], within(1e-6));
  }

  @Test
  void motionIsTheMeanAlongTheDiagonalAndZeroBeyond() {
    Tensor spread = Filter.motionBlur(3).apply(point(5));
    assertThat((double) spread.get(0, 0, 1, 1)).isCloseTo(1 / 3., within(1e-7));
    assertThat((double) spread.get(0, 0, 3, 3)).isCloseTo(1 / 3., within(1e-7));
    assertThat(spread.get(0, 0, 1, 3)).isZero();
  }

  @Test
  void colourIsWhatTheMeanOfTheChannelsLeaves() {
    Tensor pixel = Tensor.of(Shape.images(1, 3, 1, 1), 1, 2, 6);
    assertThat(Filter.grayscale().apply(pixel).toArray()).containsExactly(3, 3, 3);
    assertThat(Filter.grayscale().complement().apply(pixel).toArray()).containsExactly(-2, -1, 3);
  }

  @Test
  void enlargedFiltersAreThoseOfVisualAnagrams() {
    assertThat(Filter.gaussianBlur(33, 2).enlarged(4)).isEqualTo(Filter.gaussianBlur(133, 8));
    assertThat(Filter.motionBlur(7).enlarged(4)).isEqualTo(Filter.motionBlur(29));
    assertThat(Filter.gaussianBlur(33, 2).enlarged(1)).isEqualTo(Filter.gaussianBlur(33, 2));
    assertThat(Filter.grayscale().complement().enlarged(4))
        .isEqualTo(Filter.grayscale().complement());
  }

  @Test
  void kernelsThatDoNotFitAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Filter.gaussianBlur(4, 1))
        .withMessageContaining("odd");
    assertThatIllegalArgumentException().isThrownBy(() -> Filter.gaussianBlur(3, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> Filter.motionBlur(2));
    assertThatIllegalArgumentException().isThrownBy(() -> Filter.motionBlur(Integer.MAX_VALUE));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Filter.gaussianBlur(3, 1).enlarged(0))
        .withMessageContaining("factor must be at least 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Filter.motionBlur(100_001).enlarged(1_000_000));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Filter.grayscale().apply(Tensor.zeros(Shape.of(2, 4))));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Filter.gaussianBlur(97, 2).apply(IMAGES))
        .withMessageContaining("97");
  }

  private static Estimate merged(Guidance guidance, List<Estimate> answers) {
    return guidance.plan(Moment.of(IMAGES, NoiseLevel.of(.6, .8, 0), 0)).merge().apply(answers);
  }

  private static Estimate estimate(int seed) {
    return Estimate.of(
            TestTensors.noise(seed, IMAGES.shape()), TestTensors.noise(seed + 50, IMAGES.shape()))
        .withVariance(TestTensors.noise(seed + 90, IMAGES.shape()));
  }

  @Test
  void aHybridHasTheLowBandOfOneAndTheHighBandOfTheOther() {
    Filter low = Filter.gaussianBlur(33, 2);
    Guidance plain = Guidance.of(Conditioning.none());
    Estimate far = estimate(10);
    Estimate near = estimate(20);
    Estimate hybrid = merged(Guidance.hybrid(low, plain, plain), List.of(far, near));
    TestTensors.assertClose(
        hybrid.noise(),
        Tensors.mix(1, low.apply(far.noise()), 1, low.complement().apply(near.noise())),
        2e-6);
    TestTensors.assertClose(
        hybrid.clean(),
        Tensors.mix(1, low.apply(far.clean()), 1, low.complement().apply(near.clean())),
        2e-6);
    TestTensors.assertClose(
        hybrid.variance().orElseThrow(),
        Tensors.mix(.5, far.variance().orElseThrow(), .5, near.variance().orElseThrow()),
        1e-6);
  }

  @Test
  void threeBandsAreThoseOfVisualAnagrams() {
    Filter first = Filter.gaussianBlur(25, 1);
    Filter second = Filter.gaussianBlur(25, 2);
    Guidance plain = Guidance.of(Conditioning.none());
    Guidance triple =
        Guidance.hybrid(
            List.of(second.after(first), second.complement().after(first)), plain, plain, plain);
    Tensor low = estimate(10).noise();
    Tensor middle = estimate(20).noise();
    Tensor high = estimate(30).noise();
    Estimate found = merged(triple, List.of(estimate(10), estimate(20), estimate(30)));
    Tensor blurred = first.apply(middle);
    Tensor expected =
        Tensors.weightedSum(
            new double[] {1, 1, -1, 1},
            List.of(
                second.apply(first.apply(low)),
                blurred,
                second.apply(blurred),
                first.complement().apply(high)));
    TestTensors.assertClose(found.noise(), expected, 5e-6);
  }

  @Test
  void aHybridHasOnePartMoreThanFilters() {
    Guidance plain = Guidance.of(Conditioning.none());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Guidance.hybrid(List.of(Filter.grayscale()), plain))
        .withMessageContaining("1 filters and 1 guidances");
  }
}
