package io.github.diffusion4j.onnx.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.github.diffusion4j.Filter;
import io.github.diffusion4j.Noise;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Spacing;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.View;
import io.github.diffusion4j.pipeline.Loop;
import io.github.diffusion4j.pipeline.Pipeline;
import io.github.diffusion4j.pipeline.Request;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole pipelines against diffusers' and the course's own loops, from the text to the image. */
class PipelineGoldenTest {

  private static final double TOLERANCE = 1e-4;
  private static final String IMAGE =
      "x[i] = 0.7*sin(0.05*i) + 0.25*cos(0.013*i+1), i = flat NCHW index of [1,3,n,n] (float64"
          + " rounded to float32), range about [-1,1]";
  private static final String MASK =
      "1 (repaint) in rows n/4..3n/4-1, columns n/8..n/2-1, 0 elsewhere";

  /** A case; what only some cases have is empty in the others. */
  record Case(
      String name,
      @JsonProperty("result_shape") List<Integer> shape,
      @JsonProperty("result") List<Double> result,
      Optional<Integer> steps,
      @JsonProperty("guidance_scale") Optional<Double> scale,
      Optional<String> prompt,
      Optional<List<String>> prompts,
      @JsonProperty("negative_prompt") Optional<String> negative,
      long seed,
      Optional<String> layout,
      Optional<List<Double>> timesteps,
      Optional<Double> strength,
      Optional<String> image,
      Optional<String> mask,
      @JsonProperty("noise_level") Optional<Integer> noiseLevel,
      Optional<String> draws,
      Optional<Double> t,
      @JsonProperty("i_start") Optional<Integer> start,
      Optional<String> view,
      Optional<String> variance,
      @JsonProperty("low_pass") Optional<String> lowPass,
      @JsonProperty("shape") Optional<List<Integer>> asked,
      Optional<Integer> kernel,
      Optional<Double> sigma) {

    @Override
    public String toString() {
      return name;
    }
  }

  /** The prompts are another test's. */
  @JsonIgnoreProperties("prompts")
  record Content(String reference, List<Case> cases, String image, String mask) {}

  @RegisterExtension private static final TinyModel TINY = new TinyModel();

  static Stream<Case> cases() {
    Content content = Goldens.read("pipelines.json", Content.class);
    assertThat(content.image()).isEqualTo(IMAGE);
    assertThat(content.mask()).isEqualTo(MASK);
    assertThat(content.cases()).isNotEmpty();
    return content.cases().stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void imagesAreTheReferences(Case golden) {
    Tensor found = run(golden);
    assertThat(found.shape().toArray())
        .containsExactly(golden.shape.stream().mapToInt(Integer::intValue).toArray());
    float[] values = found.toArray();
    double largest = golden.result.stream().mapToDouble(Math::abs).max().orElseThrow();
    double difference = 0;
    for (int i = 0; i < values.length; i++) {
      difference = Math.max(difference, Math.abs(values[i] - golden.result.get(i)));
    }
    assertThat(golden.result).hasSize(values.length);
    assertThat(difference).isLessThanOrEqualTo(TOLERANCE * largest);
  }

  private static Tensor run(Case golden) {
    if (golden.name.startsWith("if-super-resolution")) {
      int side = side(golden);
      int small = Integer.parseInt(golden.image.orElseThrow().replaceAll(".*,(\\d+)].*", "$1"));
      return asked(
              TINY.get()
                  .stage2(image(small), golden.noiseLevel.orElseThrow())
                  .size(side, side)
                  .generate(prompt(golden)),
              golden)
          .tensor();
    }
    return golden.name.startsWith("if-") ? ofDiffusers(golden) : ofTheCourse(golden);
  }

  private static Tensor ofDiffusers(Case golden) {
    int side = side(golden);
    Pipeline<String> stage = TINY.get().stage1().size(side, side);
    String kind = golden.name;
    if (kind.startsWith("if-text-to-image")) {
      return asked(
              golden.prompts.isPresent()
                  ? stage.generate(golden.prompts.get())
                  : stage.generate(prompt(golden)),
              golden)
          .tensor();
    }
    int steps = golden.steps.orElseThrow();
    int kept = Math.min((int) (steps * golden.strength.orElseThrow()), steps);
    if (kind.startsWith("if-image-to-image")) {
      return asked(stage.edit(image(side), steps - kept, prompt(golden)), golden).tensor();
    }
    if (kind.startsWith("if-inpainting")) {
      return asked(stage.inpaintFrom(image(side), mask(side), steps - kept, prompt(golden)), golden)
          .tensor();
    }
    throw new AssertionError("unknown kind of case: " + kind);
  }

  private static Tensor ofTheCourse(Case golden) {
    int side = side(golden);
    Pipeline<String> stage = TINY.get().stage1().size(side, side).loop(Loop.course()).guidance(1);
    Noise noise = Noise.torch(golden.seed);
    String kind = golden.name;
    if (kind.startsWith("course-forward")) {
      return stage.noised(image(side), golden.t.orElseThrow(), noise);
    }
    if (kind.startsWith("course-one-step")) {
      double t = golden.t.orElseThrow();
      return stage.denoiseOnce(stage.noised(image(side), t, noise), t, prompt(golden));
    }
    Request<String> request;
    if (kind.startsWith("course-sample")) {
      request = stage.generate(prompt(golden));
    } else if (kind.startsWith("course-iterative-denoise") || kind.startsWith("course-sdedit")) {
      int start = golden.start.orElseThrow();
      Tensor noisy = stage.noised(image(side), 990 - 30 * start, noise);
      request = stage.denoise(noisy, start, prompt(golden));
    } else if (kind.startsWith("course-inpaint")) {
      request = stage.inpaint(image(side), mask(side), prompt(golden));
    } else if (kind.startsWith("course-anagram")) {
      assertThat(golden.view).contains("vertical flip (rows reversed)");
      request = stage.anagram(prompt(golden, 0), View.flip(), prompt(golden, 1));
    } else if (kind.startsWith("course-hybrid")) {
      Filter low = Filter.gaussianBlur(golden.kernel.orElseThrow(), golden.sigma.orElseThrow());
      request = stage.hybrid(low, prompt(golden, 0), prompt(golden, 1));
    } else {
      throw new AssertionError("unknown kind of case: " + kind);
    }
    return asked(request, golden).tensor();
  }

  /** The request with what the case says of scale, negative prompt, steps and seed. */
  private static Request<String> asked(Request<String> request, Case golden) {
    Request<String> asked = request.noise(Noise.torch(golden.seed)).count(golden.shape.get(0));
    if (golden.scale.isPresent()) {
      double scale = golden.scale.get();
      // Up to 1, diffusers' pipelines leave guidance out.
      asked = asked.guidance(golden.name.startsWith("if-") ? Math.max(1, scale) : scale);
    }
    if (golden.negative.isPresent()) {
      asked = asked.negative(golden.negative.get());
    }
    if (golden.steps.isPresent()) {
      asked = asked.steps(golden.steps.get());
    }
    if (golden.timesteps.isPresent()) {
      double[] list = golden.timesteps.get().stream().mapToDouble(Double::doubleValue).toArray();
      asked = asked.loop(Loop.deepFloydIf(1.5).spacing(Spacing.of(list)));
    }
    return asked;
  }

  private static int side(Case golden) {
    assertThat(golden.shape.get(2)).isEqualTo(golden.shape.get(3));
    return golden.shape.get(2);
  }

  private static String prompt(Case golden) {
    return golden.prompt.orElseThrow();
  }

  private static String prompt(Case golden, int index) {
    return golden.prompts.orElseThrow().get(index);
  }

  private static Tensor image(int side) {
    Shape shape = Shape.images(1, 3, side, side);
    float[] values = new float[shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (0.7 * Math.sin(0.05 * i) + 0.25 * Math.cos(0.013 * i + 1));
    }
    return Tensor.of(shape, values);
  }

  private static Tensor mask(int side) {
    float[] values = new float[side * side];
    for (int y = side / 4; y < 3 * side / 4; y++) {
      for (int x = side / 8; x < side / 2; x++) {
        values[y * side + x] = 1;
      }
    }
    return Tensor.of(Shape.images(1, 1, side, side), values);
  }
}
