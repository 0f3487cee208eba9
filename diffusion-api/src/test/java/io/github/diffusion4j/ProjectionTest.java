package io.github.diffusion4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.diffusion4j.Scheduler.Variance;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Acceptance 22 and 23, on the exact posterior mean of two images. */
class ProjectionTest {

  private static final Shape SHAPE = Shape.images(1, 1, 6, 6);
  private static final NoiseSchedule COSINE = NoiseSchedule.squaredCosine(1000);
  private static final Denoiser IDEAL =
      new IdealDenoiser(
          List.of(
              TestTensors.noise(101, SHAPE).times(.5), TestTensors.noise(102, SHAPE).times(.5)));
  private static final Sampler SAMPLER = Sampler.of(IDEAL, COSINE);
  private static final Tensor ORIGINAL = TestTensors.noise(7, SHAPE).times(.5);

  private static Tensor mask(float value) {
    float[] values = new float[36];
    java.util.Arrays.fill(values, value);
    return Tensor.of(SHAPE, values);
  }

  private static Sampling course() {
    return Sampling.fromNoise(SHAPE)
        .spacing(Spacing.strided(30))
        .scheduler(Scheduler.ddpm(Variance.SMALL));
  }

  @Test
  void nothingNewLeavesTheOriginalWithTheNoiseOfTheLastLevel() {
    Tensor result = SAMPLER.sample(course().projection(Projection.inpaint(ORIGINAL, mask(0))));
    TestTensors.assertClose(result, ORIGINAL, 5 * .0064);
    assertThat(Tensors.blend(mask(0), result, ORIGINAL)).isEqualTo(ORIGINAL);
    Tensor toTheEnd =
        SAMPLER.sample(
            course()
                .spacing(Spacing.leading(0))
                .steps(20)
                .projection(Projection.inpaint(ORIGINAL, mask(0))));
    TestTensors.assertClose(toTheEnd, ORIGINAL, 1e-6);
  }

  @Test
  void allNewIsNoInpaintingAtAll() {
    Projection all = Projection.inpaint(ORIGINAL, mask(1));
    assertThat(SAMPLER.sample(course().projection(all))).isEqualTo(SAMPLER.sample(course()));
    Projection wasting =
        (made, step, noise) -> {
          assertThat(noise.get()).isNotNull();
          return made;
        };
    Sampling torch = course().noise(Noise.torch(3));
    assertThat(SAMPLER.sample(torch.projection(all)))
        .isEqualTo(SAMPLER.sample(torch.projection(wasting)))
        .isNotEqualTo(SAMPLER.sample(torch));
  }

  @Test
  void outsideOfTheMaskIsTheOriginalAtTheLevelReached() {
    List<Tensor> drawn = new ArrayList<>();
    Noise recorded =
        shape -> {
          Noise.Stream stream = Noise.perImage(5).stream(shape);
          return new Noise.Stream() {
            @Override
            public Tensor next() {
              return stream.next();
            }

            @Override
            public Tensor aside() {
              drawn.add(stream.aside());
              return drawn.get(drawn.size() - 1);
            }
          };
        };
    Tensor half = Tensors.blend(View.flip().apply(upper()), mask(1), mask(0));
    for (Frame frame :
        SAMPLER.frames(course().noise(recorded).projection(Projection.inpaint(ORIGINAL, half)))) {
      Tensor expected = frame.level().mix(ORIGINAL, drawn.get(frame.index() - 1));
      for (int x = 0; x < 6; x++) {
        assertThat(frame.sample().get(0, 0, 0, x)).isEqualTo(expected.get(0, 0, 0, x));
        assertThat(frame.sample().get(0, 0, 5, x)).isNotEqualTo(expected.get(0, 0, 5, x));
      }
    }
    assertThat(drawn).hasSize(33);
  }

  /** 1 in the upper half. */
  private static Tensor upper() {
    float[] values = new float[36];
    java.util.Arrays.fill(values, 0, 18, 1);
    return Tensor.of(SHAPE, values);
  }

  @Test
  void keptImagesStartCleanAndStaySo() {
    for (Frame frame :
        SAMPLER.frames(
            Sampling.edit(ORIGINAL, 3)
                .steps(12)
                .scheduler(Scheduler.ddpm(Variance.SMALL))
                .projection(Projection.keep(ORIGINAL, upper())))) {
      for (int x = 0; x < 6; x++) {
        assertThat(frame.sample().get(0, 0, 4, x)).isEqualTo(ORIGINAL.get(0, 0, 4, x));
      }
    }
  }

  @Test
  void aReferenceGivesItsComponent() {
    Filter gray = Filter.scale(1);
    Tensor result =
        SAMPLER.sample(
            course()
                .spacing(Spacing.trailing())
                .steps(10)
                .projection(Projection.component(gray, ORIGINAL)));
    TestTensors.assertClose(result, ORIGINAL, 1e-6);
    Filter low = Filter.gaussianBlur(5, 1);
    Tensor blurred =
        SAMPLER.sample(
            course()
                .spacing(Spacing.trailing())
                .steps(10)
                .projection(Projection.component(Filter.grayscale(), ORIGINAL)));
    TestTensors.assertClose(blurred, ORIGINAL, 1e-6);
    Tensor other =
        SAMPLER.sample(
            course()
                .spacing(Spacing.trailing())
                .steps(10)
                .projection(Projection.component(low, ORIGINAL)));
    assertThat(other).isNotEqualTo(ORIGINAL);
  }

  @Test
  void editsFromLaterLevelsStayNearer() {
    List<Tensor> around = new ArrayList<>();
    for (int k = -40; k <= 40; k++) {
      around.add(Tensors.mix(1, ORIGINAL, .1 * k, TestTensors.noise(9, SHAPE)));
    }
    Sampler sampler = Sampler.of(new IdealDenoiser(around), COSINE);
    int[] starts = {1, 3, 5, 7, 10, 20};
    double[] errors = new double[starts.length];
    for (int seed = 0; seed < 8; seed++) {
      for (int i = 0; i < starts.length; i++) {
        Tensor result =
            sampler.sample(
                Sampling.edit(ORIGINAL, starts[i])
                    .spacing(Spacing.strided(30))
                    .scheduler(Scheduler.ddpm(Variance.SMALL))
                    .seed(seed));
        for (float difference : Tensors.mix(1, result, -1, ORIGINAL).toArray()) {
          errors[i] += difference * difference / (8 * 36);
        }
      }
    }
    for (int i = 1; i < starts.length; i++) {
      assertThat(errors[i]).as("start %d", starts[i]).isLessThan(errors[i - 1]);
    }
    Sampling past = Sampling.edit(ORIGINAL, 33).spacing(Spacing.strided(30));
    assertThat(SAMPLER.sample(past)).isEqualTo(ORIGINAL);
  }

  @Test
  void masksOfOtherSizesOrValuesAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Projection.inpaint(ORIGINAL, Tensor.zeros(Shape.images(1, 1, 6, 5))))
        .withMessageContaining("[1, 1, 6, 6]")
        .withMessageContaining("[1, 1, 6, 5]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Projection.keep(ORIGINAL, mask(1.5f)))
        .withMessageContaining("[0, 1], got 1.5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Projection.keep(ORIGINAL, mask(Float.NaN)))
        .withMessageContaining("NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Projection.inpaint(mask(Float.NaN), mask(1)))
        .withMessageContaining("original must be finite");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Projection.component(Filter.grayscale(), mask(Float.NaN)))
        .withMessageContaining("reference must be finite");
  }
}
