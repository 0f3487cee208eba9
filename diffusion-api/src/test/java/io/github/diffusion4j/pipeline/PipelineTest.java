package io.github.diffusion4j.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.diffusion4j.ClassifierFree;
import io.github.diffusion4j.Conditioning;
import io.github.diffusion4j.Denoiser;
import io.github.diffusion4j.DiffusionModel;
import io.github.diffusion4j.Estimate;
import io.github.diffusion4j.Filter;
import io.github.diffusion4j.Frame;
import io.github.diffusion4j.Guidance;
import io.github.diffusion4j.Noise;
import io.github.diffusion4j.NoiseSchedule;
import io.github.diffusion4j.PredictionType;
import io.github.diffusion4j.Query;
import io.github.diffusion4j.Scheduler;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Spacing;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.Tensors;
import io.github.diffusion4j.View;
import io.github.diffusion4j.image.PixelRange;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PipelineTest {

  private static final Shape ONE = Shape.images(1, 1, 8, 8);

  /** A network that takes every image for one of the brightness that it is told. */
  private static final class Brightness implements DiffusionModel {

    private final List<Integer> asked = new ArrayList<>();

    @Override
    public NoiseSchedule schedule() {
      return NoiseSchedule.rectifiedFlow();
    }

    @Override
    public PredictionType prediction() {
      return PredictionType.CLEAN;
    }

    @Override
    public List<Estimate> estimate(List<Query> queries) {
      asked.add(queries.size());
      return Denoiser.of(
              (x, times, inputs) -> {
                float[] values = new float[x.shape().elements()];
                float[] told = inputs.getOrDefault("brightness", Tensor.zeros(ONE)).toArray();
                for (int i = 0; i < values.length; i++) {
                  values[i] = told[i / 64];
                }
                return Tensor.of(x.shape(), values);
              },
              prediction())
          .estimate(queries);
    }

    @Override
    public void close() {}
  }

  private final Brightness model = new Brightness();
  private final Pipeline<Double> pipeline =
      Pipeline.of(
          model,
          told ->
              Conditioning.none().global("brightness", Tensor.of(Shape.of(1), told.floatValue())),
          0.0,
          ONE,
          PixelRange.UNIT);

  private static void assertBrightness(Tensor images, double... expected) {
    assertThat(images.shape().batch()).isEqualTo(expected.length);
    float[] values = images.toArray();
    for (int i = 0; i < values.length; i++) {
      assertThat((double) values[i])
          .isCloseTo(expected[i / 64], org.assertj.core.api.Assertions.within(1e-5));
    }
  }

  @Test
  void aPromptReachesTheNetworkAndGuidanceLeadsAwayFromTheNegative() {
    Request<Double> request = pipeline.generate(.5).steps(3);
    assertBrightness(request.guidance(1).tensor(), .5);
    assertBrightness(request.guidance(3).tensor(), 1.5);
    assertBrightness(request.guidance(3).negative(.25).tensor(), 1);
    assertBrightness(pipeline.guidance(2).generate(.5).steps(2).tensor(), 1);
    assertBrightness(pipeline.generate(List.of(.1, .2)).steps(2).guidance(1).tensor(), .1, .2);
    assertBrightness(request.count(2).guidance(1).tensor(), .5, .5);
    assertThat(request.guidance(1).images(3)).hasSize(3);
    assertThat(request.guidance(1).image().getWidth()).isEqualTo(8);
  }

  @Test
  void everyTechniqueAsksOnceAStep() {
    Request<Double> anagram = pipeline.anagram(.2, View.flip(), .4).steps(3).guidance(2);
    assertBrightness(anagram.tensor(), .6);
    assertThat(model.asked).containsExactly(4, 4, 4);
    model.asked.clear();
    Request<Double> hybrid =
        pipeline.hybrid(Filter.gaussianBlur(5, 1), .2, .7).steps(2).guidance(1);
    assertBrightness(hybrid.tensor(), .2);
    assertThat(model.asked).containsExactly(2, 2);
  }

  @Test
  void editsAndInpaintingsKeepWhatTheyShould() {
    Tensor original = Tensors.mix(0, Tensor.zeros(ONE), 0, Tensor.zeros(ONE));
    Tensor mask = Tensor.of(ONE, upper());
    assertBrightness(pipeline.edit(original, 10, .5).steps(10).tensor(), 0);
    Tensor renoised = pipeline.inpaint(original, mask, .5).steps(5).guidance(1).tensor();
    Tensor kept = pipeline.inpaintFrom(original, mask, 1, .5).steps(5).guidance(1).tensor();
    for (Tensor found : List.of(renoised, kept)) {
      assertThat(found.get(0, 0, 7, 3)).isZero();
      assertThat((double) found.get(0, 0, 0, 3))
          .isCloseTo(.5, org.assertj.core.api.Assertions.within(1e-5));
    }
    assertBrightness(
        pipeline.complete(Filter.scale(1), original, .5).steps(4).guidance(1).tensor(), 0);
  }

  private static float[] upper() {
    float[] values = new float[64];
    java.util.Arrays.fill(values, 0, 32, 1);
    return values;
  }

  @Test
  void oneStepAndManyStepsDenoise() {
    Tensor noisy = pipeline.noised(Tensor.zeros(ONE), .5, Noise.perImage(3));
    assertThat(noisy).isEqualTo(Noise.perImage(3).stream(ONE).next().times(.5));
    assertBrightness(pipeline.denoiseOnce(noisy, .5, .3), .3);
    List<Frame> frames = new ArrayList<>();
    pipeline.denoise(noisy, 5, .3).steps(10).guidance(1).onFrame(frames::add).tensor();
    assertThat(frames).hasSize(5);
  }

  @Test
  void noisedAndDenoisedIsEdited() {
    Loop loop = Loop.of(Spacing.trailing(), Scheduler.ddim(1));
    Tensor original = Tensor.of(ONE, upper());
    Pipeline<Double> stochastic = pipeline.loop(loop);
    Tensor noisy = stochastic.noised(original, .5, Noise.perImage(3));
    assertThat(stochastic.denoise(noisy, 5, .3).steps(10).seed(3).tensor())
        .isEqualTo(stochastic.edit(original, 5, .3).steps(10).seed(3).tensor());
  }

  @Test
  void guidanceOfOneAsksForThePromptAloneAndOfZeroForTheNegative() {
    Pipeline<Double> picky =
        Pipeline.of(
            model,
            told -> {
              if (told == 0.0) {
                throw new IllegalArgumentException("no such prompt");
              }
              return Conditioning.none()
                  .global("brightness", Tensor.of(Shape.of(1), told.floatValue()));
            },
            0.0,
            ONE,
            PixelRange.UNIT);
    assertBrightness(picky.generate(.5).steps(2).guidance(1).tensor(), .5);
    assertBrightness(picky.generate(0.0).steps(2).guidance(0).negative(.25).tensor(), .25);
  }

  @Test
  void otherFormsOfGuidanceAreMadeOfThePlainOne() {
    Request<Double> request = pipeline.generate(.5).steps(2).guidance(1.5);
    assertBrightness(request.guidance(ClassifierFree::originalFormulation).tensor(), 1.25);
    assertBrightness(
        request
            .guidance(
                plain -> Guidance.compose(plain.unconditional()).towards(2, plain.conditional()))
            .guidance(5)
            .tensor(),
        1);
    Request<Double> rescaled = request.guidance(plain -> plain.rescaled(.7));
    assertThat(rescaled.settings().get("guidance"))
        .startsWith("ClassifierFree[scale=1.5, ")
        .endsWith(".rescaled(0.7)");
    assertThat(request.settings()).containsEntry("guidance", "1.5");
  }

  @Test
  void imagesSayHowManyAreMade() {
    Tensor two = Tensors.concat(List.of(Tensor.of(ONE, upper()), Tensor.zeros(ONE)));
    assertThat(pipeline.edit(two, 3, .5).settings()).containsEntry("images", "2");
    assertThat(pipeline.inpaint(two, Tensor.of(ONE, upper()), .5).steps(2).tensor().shape().batch())
        .isEqualTo(2);
    assertThat(pipeline.edit(two, 3, .5).steps(5).tensor().shape().batch()).isEqualTo(2);
  }

  @Test
  void aLoopIsTheRequestsOrThePipelines() {
    Loop loop = Loop.of(Spacing.of(1, .5, .2), Scheduler.ddim(1));
    List<Frame> frames = new ArrayList<>();
    pipeline.loop(loop).generate(.5).frames().forEach(frames::add);
    assertThat(frames).hasSize(3);
    assertThat(pipeline.generate(.5).loop(loop).settings())
        .containsEntry("loop", "plain (list[1.0, 0.5, 0.2], ddim(1.0))")
        .containsEntry("steps", "of the loop");
  }

  @Test
  void requestsAreValues() {
    Request<Double> request = pipeline.generate(.5).steps(2);
    request.guidance(3).seed(9).count(4);
    assertThat(request.settings())
        .containsEntry("guidance", "7.0")
        .containsEntry("noise", "perImage(0)")
        .containsEntry("images", "1")
        .containsEntry("prompt", "0.5");
    assertThat(request.tensor()).isEqualTo(request.tensor());
  }

  @Test
  void wrongArgumentsAreNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> pipeline.generate(List.of()))
        .withMessageContaining("at least one prompt");
    assertThatIllegalArgumentException().isThrownBy(() -> pipeline.anagram(List.of()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> pipeline.generate(List.of(.1, .2)).count(3).tensor())
        .withMessageContaining("one for each of 3, got 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> pipeline.hybrid(List.of(Filter.grayscale()), List.of(.1)))
        .withMessageContaining("1 filters and 1 prompts");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> pipeline.generate(.5).count(0))
        .withMessageContaining("at least 1, got 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> pipeline.generate(.5).guidance(Double.NaN))
        .withMessageContaining("NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> pipeline.inpaint(Tensor.zeros(ONE), Tensor.zeros(Shape.images(1, 1, 4, 4)), .5))
        .withMessageContaining("[1, 1, 4, 4]");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Pipeline.of(
                    model,
                    told -> Conditioning.none(),
                    0.0,
                    Shape.images(2, 1, 8, 8),
                    PixelRange.UNIT))
        .withMessageContaining("[2, 1, 8, 8]");
  }
}
