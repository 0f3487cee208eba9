package io.github.diffusion4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every step of diffusers' schedulers on a network of closed form. */
class SchedulerGoldenTest {

  record Case(
      String name,
      String scheduler,
      Map<String, Object> config,
      Map<String, Object> call,
      @JsonProperty("step_arguments") Map<String, Object> stepArguments,
      @JsonProperty("predicted_channels") int predictedChannels,
      @Nullable Long seed,
      @JsonProperty("init_noise_sigma") double initNoiseSigma,
      List<Double> timesteps,
      @Nullable List<Double> sigmas,
      @JsonProperty("alphas_cumprod_sample") @Nullable Map<Integer, Double> alphas,
      List<List<Double>> samples,
      @JsonProperty("predicted_clean") @Nullable List<List<Double>> predictedClean) {

    @Override
    public String toString() {
      return name;
    }
  }

  record Content(
      String reference,
      List<Integer> shape,
      String start,
      String model,
      String noise,
      List<Case> cases) {}

  private static final Set<String> STEPS = Set.of("num_inference_steps");

  static Stream<Case> cases() {
    Content content = Goldens.read("schedulers.json", Content.class);
    assertThat(content.cases).isNotEmpty();
    return content.cases.stream();
  }

  private static Shape shape() {
    return shape(Goldens.read("schedulers.json", Content.class));
  }

  static Shape shape(Content content) {
    return Shape.of(content.shape.stream().mapToInt(i -> i).toArray());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void everyStepIsDiffusers(Case golden) {
    checkEveryStep(golden, shape());
  }

  static void checkEveryStep(Case golden, Shape shape) {
    SchedulerConfig config = config(golden);
    Denoiser network =
        Denoiser.of(
            (x, times, inputs) -> prediction(x, times, golden.predictedChannels),
            config.prediction());
    Timeline plain = config.spacing().timeline(config.schedule(), steps(golden, config));
    assertThat(plain.startScale())
        .as("init_noise_sigma")
        .isCloseTo(golden.initNoiseSigma, relative(golden.initNoiseSigma, 1e-6));
    Tensor start = start(shape).times(golden.initNoiseSigma);
    Sampling request =
        config
            .on(Sampling.fromNoisy(start, 0))
            .steps(steps(golden, config))
            .noise(Noise.torch(golden.seed == null ? 0 : golden.seed));
    Timeline timeline = config.scheduler().expand(plain);
    checkLevels(golden, config, timeline);
    int index = 0;
    for (Frame frame : Sampler.of(network, config.schedule()).frames(request)) {
      check(golden.name + " sample", index, frame.sample(), golden.samples.get(index));
      // What a churned step predicts is of the churned images, which nobody sees but the step.
      if (golden.predictedClean != null && !golden.stepArguments.containsKey("s_churn")) {
        Tensor clean = frame.estimate().clean();
        check(golden.name + " clean", index, clean, golden.predictedClean.get(index));
      }
      index++;
    }
    assertThat(index).as("steps").isEqualTo(golden.samples.size());
  }

  private static SchedulerConfig config(Case golden) {
    Map<String, Object> fields = new LinkedHashMap<>(golden.config);
    fields.put("_class_name", golden.scheduler);
    Map<String, Object> arguments = new LinkedHashMap<>(golden.call);
    arguments.keySet().removeAll(STEPS);
    arguments.putAll(golden.stepArguments);
    return SchedulerConfig.of(fields, arguments);
  }

  private static int steps(Case golden, SchedulerConfig config) {
    Object steps = golden.call.get("num_inference_steps");
    return steps instanceof Integer number ? number : config.spacing().steps(config.schedule());
  }

  private static void checkLevels(Case golden, SchedulerConfig config, Timeline timeline) {
    List<NoiseLevel> levels = timeline.levels();
    assertThat(timeline.steps()).as("steps").isEqualTo(golden.timesteps.size());
    for (int i = 0; i < golden.timesteps.size(); i++) {
      double time = golden.timesteps.get(i);
      assertThat(levels.get(i).time())
          .as("timestep %d", i)
          .isCloseTo(time, within(time == Math.rint(time) && !isFractional(golden) ? 0 : 1e-3));
    }
    if (golden.sigmas != null && golden.sigmas.size() == levels.size()) {
      for (int i = 0; i < levels.size(); i++) {
        assertThat(sigma(config, levels.get(i)))
            .as("sigma %d", i)
            .isCloseTo(golden.sigmas.get(i), relative(golden.sigmas.get(i), 1e-6));
      }
    }
    if (golden.alphas != null && config.schedule().isDiscrete()) {
      golden.alphas.forEach(
          (t, alpha) -> {
            NoiseLevel level = config.schedule().at(t);
            double squared =
                Math.pow(level.signal() / Math.hypot(level.signal(), level.noise()), 2);
            assertThat(squared).as("ᾱ of %d", t).isCloseTo(alpha, relative(alpha, 1e-6));
          });
    }
  }

  private static boolean isFractional(Case golden) {
    return golden.timesteps.stream().anyMatch(t -> t != Math.rint(t));
  }

  /** diffusers' sigma: the noise of a flow, else the ratio of noise to signal. */
  private static double sigma(SchedulerConfig config, NoiseLevel level) {
    boolean isFlow = config.schedule().toString().startsWith("rectifiedFlow");
    boolean isInverted = config.prediction() == PredictionType.FLOW_TO_DATA;
    return isInverted ? level.signal() : isFlow ? level.noise() : level.noise() / level.signal();
  }

  private static Offset<Double> relative(double expected, double tolerance) {
    return within(Math.max(Math.abs(expected) * tolerance, 1e-12));
  }

  private static Tensor start(Shape shape) {
    float[] values = new float[shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (1.3 * Math.sin(0.7 * i + 0.3) + 0.4 * Math.cos(0.11 * i * i));
    }
    return Tensor.of(shape, values);
  }

  private static Tensor prediction(Tensor x, double[] times, int channels) {
    Shape shape = x.shape();
    float[] out = new float[shape.batch() * channels * shape.size(2) * shape.size(3)];
    int area = shape.elements() / shape.batch();
    int all = out.length / shape.batch();
    float[] in = x.toArray();
    for (int image = 0; image < shape.batch(); image++) {
      for (int i = 0; i < area; i++) {
        double value = 0.8 * Math.sin(2 * (double) in[image * area + i] + times[image] / 500);
        out[image * all + i] = (float) value;
        if (all > area) {
          out[image * all + area + i] = (float) Math.sin(3 * (double) (float) value);
        }
      }
    }
    return Tensor.of(Shape.images(shape.batch(), channels, shape.size(2), shape.size(3)), out);
  }

  private static void check(String what, int step, Tensor found, List<Double> expected) {
    float[] values = found.toArray();
    assertThat(values).as("%s of step %d", what, step).hasSize(expected.size());
    double largest = expected.stream().mapToDouble(Math::abs).max().orElseThrow();
    List<String> wrong = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      if (!(Math.abs(values[i] - expected.get(i)) <= 1e-4 * largest)) {
        wrong.add("[" + i + "] expected " + expected.get(i) + ", found " + values[i]);
      }
    }
    assertThat(wrong.stream().limit(3).collect(Collectors.toList()))
        .as("%s of step %d: %d of %d are wrong", what, step, wrong.size(), values.length)
        .isEmpty();
  }
}
