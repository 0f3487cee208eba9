package io.github.diffusion4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Acceptance 24 and 25. */
class ViewTest {

  private static final Tensor IMAGES = TestTensors.noise(5, Shape.images(2, 3, 64, 64));

  static Stream<View> views() {
    return Stream.of(
        View.identity(),
        View.flip(),
        View.rotateClockwise(),
        View.rotateCounterclockwise(),
        View.rotateHalf(),
        View.negate(),
        View.skew(1.5),
        View.skew(-.3),
        View.patches(8, 0),
        View.patches(64, 3),
        View.jigsaw(0),
        View.jigsaw(1),
        View.jigsaw(2),
        View.innerCircle(),
        View.squareHinge());
  }

  @ParameterizedTest
  @MethodSource("views")
  void invertUndoesTheViewBitForBit(View view) {
    for (Shape shape : List.of(Shape.images(2, 3, 64, 64), Shape.images(1, 1, 256, 256))) {
      Tensor images = TestTensors.noise(5, shape);
      assertThat(view.invert(view.apply(images))).isEqualTo(images);
      assertThat(view.apply(view.invert(images))).isEqualTo(images);
    }
  }

  private static double[] sorted(Tensor tensor) {
    float[] values = tensor.toArray();
    return IntStream.range(0, values.length)
        .mapToDouble(i -> Math.abs(values[i]))
        .sorted()
        .toArray();
  }

  @ParameterizedTest
  @MethodSource("views")
  void aViewMovesValuesOrChangesTheirSigns(View view) {
    assertThat(sorted(view.apply(IMAGES))).containsExactly(sorted(IMAGES));
    if (view != View.identity()) {
      assertThat(view.apply(IMAGES)).isNotEqualTo(IMAGES);
    }
  }

  private static Tensor square(float... values) {
    int side = (int) Math.sqrt(values.length);
    return Tensor.of(Shape.images(1, 1, side, side), values);
  }

  @Test
  void viewsShowWhatTheirNamesSay() {
    Tensor image = square(1, 2, 3, 4);
    assertThat(View.flip().apply(image)).isEqualTo(square(3, 4, 1, 2));
    assertThat(View.rotateClockwise().apply(image)).isEqualTo(square(3, 1, 4, 2));
    assertThat(View.rotateCounterclockwise().apply(image)).isEqualTo(square(2, 4, 1, 3));
    assertThat(View.rotateHalf().apply(image)).isEqualTo(square(4, 3, 2, 1));
    assertThat(View.negate().apply(image)).isEqualTo(square(-1, -2, -3, -4));
    assertThat(View.negate().invertVariance(image)).isEqualTo(image);
    assertThat(View.flip().invertVariance(image)).isEqualTo(square(3, 4, 1, 2));
  }

  @Test
  void skewRollsColumnsByWholePixelsTowardsZero() {
    Tensor image = square(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    // Columns 0 to 3 down by −3, −1, 0 and 1 rows.
    assertThat(View.skew(1.5).apply(image))
        .isEqualTo(square(12, 5, 2, 15, 0, 9, 6, 3, 4, 13, 10, 7, 8, 1, 14, 11));
  }

  @Test
  void patchesAreInTorchsOrder() {
    Tensor image = square(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    int[] order = TorchGenerator.seeded(7).randperm(16);
    float[] expected = new float[16];
    Arrays.setAll(new Object[16], i -> expected[i] = order[i]);
    assertThat(View.patches(4, 7).apply(image)).isEqualTo(square(expected));
  }

  @Test
  void theInnerCircleIsItsOwnInverseAndLeavesTheCorners() {
    Tensor seen = View.innerCircle().apply(IMAGES);
    assertThat(View.innerCircle().apply(seen)).isEqualTo(IMAGES);
    assertThat(seen.get(0, 0, 0, 0)).isEqualTo(IMAGES.get(0, 0, 0, 0));
    assertThat(seen.get(0, 0, 31, 10)).isEqualTo(IMAGES.get(0, 0, 32, 53));
    // The circle has radius 24 about 31.5: row 31, column 8 is inside, column 7 is not.
    assertThat(seen.get(0, 0, 31, 8)).isEqualTo(IMAGES.get(0, 0, 32, 55));
    assertThat(seen.get(0, 0, 31, 7)).isEqualTo(IMAGES.get(0, 0, 31, 7));
  }

  @Test
  void squaresOfTheHingeTurnInTurns() {
    Tensor seen = View.squareHinge().apply(IMAGES);
    assertThat(seen.get(0, 0, 0, 0)).isEqualTo(IMAGES.get(0, 0, 20, 0));
    assertThat(seen.get(0, 0, 0, 21)).isEqualTo(IMAGES.get(0, 0, 0, 41));
    assertThat(seen.get(0, 0, 63, 63)).isEqualTo(IMAGES.get(0, 0, 63, 63));
  }

  @Test
  void sizesThatDoNotFitAreRefused() {
    Tensor wide = TestTensors.noise(0, Shape.images(1, 1, 8, 12));
    for (View view :
        List.of(View.rotateClockwise(), View.jigsaw(0), View.innerCircle(), View.squareHinge())) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> view.apply(wide))
          .withMessageContaining("square images, got 8×12");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> View.patches(8, 0).apply(wide))
        .withMessageContaining("8×12");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> View.jigsaw(0).apply(TestTensors.noise(0, Shape.images(1, 1, 18, 18))))
        .withMessageContaining("got 18");
  }

  /**
   * A network that treats every pixel alike, so any rearrangement of its input is one of its
   * output.
   */
  private static final Denoiser PIXELWISE =
      Denoiser.of(
          (Tensor x, double[] times, Map<String, Tensor> inputs) -> {
            float[] values = x.toArray();
            for (int i = 0; i < values.length; i++) {
              values[i] = (float) Math.sin(values[i]);
            }
            return Tensor.of(x.shape(), values);
          },
          PredictionType.EPSILON);

  @ParameterizedTest
  @MethodSource("views")
  void anAnagramOfOnePromptIsPlainSampling(View view) {
    Guidance plain = Guidance.of(Conditioning.none());
    Sampler sampler = Sampler.of(PIXELWISE, NoiseSchedule.squaredCosine(1000));
    Sampling request = Sampling.fromNoise(Shape.images(1, 1, 64, 64)).steps(5);
    Tensor expected = sampler.sample(request.guidance(plain));
    Tensor found = sampler.sample(request.guidance(Guidance.mean(plain, plain.through(view))));
    TestTensors.assertClose(found, expected, 2e-4);
  }

  @Test
  void aStateThatIsItsOwnFlipStaysOne() {
    Tensor half = TestTensors.noise(3, Shape.images(1, 1, 8, 8));
    Tensor symmetric = Tensors.mix(.5, half, .5, View.flip().apply(half));
    Guidance plain = Guidance.of(Conditioning.none());
    Plan plan =
        Guidance.mean(plain, plain.through(View.flip()))
            .plan(Moment.of(symmetric, NoiseLevel.of(.6, .8, 10), 0));
    // A network that looks at neighbours: it is not the same upside down.
    Denoiser uneven =
        Denoiser.of((x, times, inputs) -> View.skew(1).apply(x), PredictionType.EPSILON);
    Estimate estimate = plan.merge().apply(uneven.estimate(plan.queries()));
    TestTensors.assertClose(View.flip().apply(estimate.noise()), estimate.noise(), 1e-6);
  }

  @Test
  void spatialConditioningIsSeenThroughTheViewAndTheVarianceComesBackUnsigned() {
    Tensor x = TestTensors.noise(1, Shape.images(1, 1, 8, 8));
    Tensor low = TestTensors.noise(2, Shape.images(1, 1, 8, 8));
    Conditioning given = Conditioning.none().spatial("low", low).global("k", TestTensors.row(1));
    for (View view : List.of(View.flip(), View.negate())) {
      Plan plan = Guidance.of(given).through(view).plan(Moment.of(x, NoiseLevel.of(.6, .8, 1), 0));
      Query query = plan.queries().get(0);
      assertThat(query.x()).isEqualTo(view.apply(x));
      assertThat(query.conditioning().spatials()).containsEntry("low", view.apply(low));
      assertThat(query.conditioning().globals()).isEqualTo(given.globals());
      Estimate answer = Estimate.of(view.apply(x), view.apply(low)).withVariance(x);
      Estimate merged = plan.merge().apply(List.of(answer));
      assertThat(merged.clean()).isEqualTo(x);
      assertThat(merged.noise()).isEqualTo(low);
      assertThat(merged.variance()).contains(view.invertVariance(x));
    }
  }

  @Test
  void theMeanOfEqualEstimatesIsOneOfThem() {
    Estimate one = Estimate.of(IMAGES, IMAGES.times(2)).withVariance(IMAGES.times(.1));
    Guidance plain = Guidance.of(Conditioning.none());
    Plan plan =
        Guidance.mean(plain, plain, plain).plan(Moment.of(IMAGES, NoiseLevel.of(.6, .8, 0), 0));
    Estimate mean = plan.merge().apply(List.of(one, one, one));
    TestTensors.assertClose(mean.clean(), one.clean(), 1e-6);
    TestTensors.assertClose(mean.variance().orElseThrow(), one.variance().orElseThrow(), 1e-6);
    assertThat((double) mean.noise().get(0, 0, 0, 0))
        .isCloseTo(one.noise().get(0, 0, 0, 0), within(1e-6));
  }
}
