package io.github.diffusion4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Acceptance 11 to 13: sums of diffusers' own tests, and of the same loop used as it is meant. */
class PublishedSumsTest {

  private static final String LINEAR =
      "'num_train_timesteps':1000,'beta_start':0.0001,'beta_end':0.02,'beta_schedule':'linear'";
  private static final String STABLE =
      "'beta_start':0.00085,'beta_end':0.012,'beta_schedule':'scaled_linear'";

  private static Tensor deter() {
    return laidOut(k -> k);
  }

  private static Tensor laidOut(IntUnaryOperator value) {
    float[] values = new float[768];
    for (int k = 0; k < 768; k++) {
      values[k % 4 * 192 + k / 4] = value.applyAsInt(k) / 768f;
    }
    return Tensor.of(Shape.images(4, 3, 8, 8), values);
  }

  private static SchedulerConfig config(String name, String fields) throws Exception {
    String json = ("{'_class_name':'" + name + "Scheduler'" + fields + "}").replace('\'', '"');
    return SchedulerConfig.of(
        new JsonMapper().readValue(json, new TypeReference<Map<String, Object>>() {}));
  }

  private static Tensor toy(Tensor x, double time) {
    return x.times(time / (time + 1));
  }

  /**
   * diffusers' own tests give a step the scaled images, by which the network was asked: the steps
   * are made by hand here, since the loop does not confuse the two.
   */
  private static Tensor byHand(SchedulerConfig config, int steps, boolean isScaled, double start) {
    Timeline timeline =
        config.scheduler().expand(config.spacing().timeline(config.schedule(), steps));
    Tensor x = deter().times(start);
    Noise.Stream noise = Noise.torch(0).stream(x.shape());
    List<Past> history = new ArrayList<>();
    Guidance guidance = config.correct(Guidance.of(Conditioning.none()));
    for (int i = 0; i < timeline.steps(); i++) {
      NoiseLevel level = timeline.levels().get(i);
      Tensor scaled = x.times(level.inputScale());
      Tensor sample = isScaled ? scaled : x;
      Estimate split = config.prediction().split(sample, toy(scaled, level.time()), level);
      Plan plan = guidance.plan(Moment.of(sample, level, i));
      Estimate estimate = plan.merge().apply(List.of(split));
      List<Tensor> draws = new ArrayList<>();
      Step step =
          Step.of(
                  sample,
                  level,
                  timeline.targets().get(i),
                  estimate,
                  List.copyOf(
                      history.subList(0, Math.min(history.size(), config.scheduler().memory()))),
                  () -> {
                    Tensor draw = noise.next();
                    draws.add(draw);
                    return draw;
                  })
              .at(i, timeline.steps());
      Move move = config.scheduler().next(step);
      history.add(0, new Past(level, move.corrected().orElse(sample), estimate, draws));
      x = move.next();
    }
    return x;
  }

  private static double startOf(SchedulerConfig config, int steps) {
    return config.spacing().timeline(config.schedule(), steps).startScale();
  }

  private static double size(Tensor tensor) {
    double sum = 0;
    for (float value : tensor.toArray()) {
      sum += Math.abs(value);
    }
    return sum;
  }

  @ParameterizedTest(name = "{0} {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "DDPM|1000|,'variance_type':'fixed_small','clip_sample':true|258.9606",
        "DDPM|1000|,'variance_type':'fixed_small','prediction_type':'v_prediction'|202.0296",
        "DDIM|10|,'clip_sample':true|172.0067",
        "DDIM|10|,'clip_sample':true,'prediction_type':'v_prediction'|52.5302",
        "PNDM|10||198.1318",
        "EulerDiscrete|10|,'num_train_timesteps':1100|10.0807",
        "EulerDiscrete|10|,'num_train_timesteps':1100,'use_karras_sigmas':true|124.522994",
        "EulerAncestralDiscrete|10|,'num_train_timesteps':1100|152.3192",
        "HeunDiscrete|10|,'num_train_timesteps':1100|0.1233",
        "LMSDiscrete|10|,'num_train_timesteps':1100|1006.388",
        "KDPM2Discrete|10|,'num_train_timesteps':1100|20.4125",
        "LCM|10|,'beta_start':0.00085,'beta_end':0.012,'beta_schedule':'scaled_linear'|197.7616",
        "UnCLIP|1000|,'variance_type':'fixed_small_log','clip_sample':true,'clip_sample_range':1.0|252.2682",
      })
  void aSumOfDiffusersTests(String name, int steps, String fields, double sum) throws Exception {
    String more = fields == null ? "" : fields;
    String own = name.equals("UnCLIP") || name.equals("LCM") ? more : defaults(more);
    SchedulerConfig config = config(name, own);
    boolean isEuler = name.endsWith("Discrete");
    double start = isEuler ? startOf(config, steps) : 1;
    assertThat(size(byHand(config, steps, isEuler, start))).isCloseTo(sum, within(1e-2));
  }

  private static String defaults(String more) {
    return ","
        + (more.contains("num_train") ? LINEAR.substring(LINEAR.indexOf(",") + 1) : LINEAR)
        + more;
  }

  @ParameterizedTest(name = "{0} {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "DPMSolverMultistep|10|,'solver_order':2,'lower_order_final':false,'final_sigmas_type':'sigma_min'|0.3301",
        "DPMSolverSinglestep|10|,'solver_order':2,'lower_order_final':false,'final_sigmas_type':'sigma_min'|0.2791",
        "DEISMultistep|10|,'solver_order':2|0.23916",
        "UniPCMultistep|10|,'solver_order':2,'final_sigmas_type':'sigma_min'|0.2464",
      })
  void aMeanOfDiffusersTests(String name, int steps, String fields, double mean) throws Exception {
    SchedulerConfig config = config(name, "," + LINEAR + fields);
    assertThat(size(byHand(config, steps, false, 1)) / 768).isCloseTo(mean, within(1e-3));
  }

  @ParameterizedTest(name = "{0} {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "DDIM|10|,'timestep_spacing':'leading','steps_offset':1,'set_alpha_to_one':false,'clip_sample':false|183.2582",
        "PNDM|10|,'skip_prk_steps':true,'steps_offset':1,'set_alpha_to_one':false|201.3864",
        "EulerDiscrete|10|,'timestep_spacing':'leading','steps_offset':1|180.6484",
        "EulerDiscrete|10||178.7762",
        "EulerDiscrete|10|,'use_karras_sigmas':true|179.5753",
        "EulerAncestralDiscrete|10|,'timestep_spacing':'leading','steps_offset':1|247.9087",
        "HeunDiscrete|10||236.6375",
        "LMSDiscrete|10||198.5586",
        "KDPM2Discrete|10||213.4977",
        "DPMSolverMultistep|10||184.0657",
        "DPMSolverMultistep|10|,'use_karras_sigmas':true|212.5730",
        "DPMSolverMultistep|10|,'solver_order':3|184.8643",
        "DPMSolverSinglestep|10||179.2097",
        "DEISMultistep|10||189.3456",
        "UniPCMultistep|10||184.6886",
        "DPMSolverMultistep|10|,'algorithm_type':'sde-dpmsolver++'|280.6366",
        "LCM|4||189.0072",
        "TCD|10||264.7297",
      })
  void aSumOfTheLoop(String name, int steps, String fields, double sum) throws Exception {
    SchedulerConfig config = config(name, "," + STABLE + (fields == null ? "" : fields));
    Denoiser network = Denoiser.of((x, times, in) -> toy(x, times[0]), config.prediction());
    Sampling request =
        config
            .on(Sampling.fromNoisy(deter().times(startOf(config, steps)), 0))
            .steps(steps)
            .noise(Noise.torch(0));
    Tensor result = Sampler.of(network, config.schedule()).sample(request);
    assertThat(size(result)).isCloseTo(sum, within(sum * 1e-4));
  }

  /** Acceptance 11: diffusers' full loop with noise, the last two of 1000 steps. */
  @Test
  void ddpmGoesOnFromAnImageThatNoiseWasAddedTo() throws Exception {
    SchedulerConfig config = config("DDPM", defaults(",'clip_sample':true"));
    Denoiser network = Denoiser.of((x, times, in) -> toy(x, times[0]), config.prediction());
    List<NoiseLevel> levels = config.spacing().timeline(config.schedule(), 1000).levels();
    Tensor noised = levels.get(998).mix(deter(), laidOut(k -> 767 - k));
    Sampling request = config.on(Sampling.fromNoisy(noised, 998)).steps(1000);
    Tensor result = Sampler.of(network, config.schedule()).sample(request.noise(Noise.torch(0)));
    assertThat(size(result)).isCloseTo(387.9466, within(1e-2));
    assertThat(size(result) / 768).isCloseTo(.5051, within(1e-3));
  }

  /** Acceptance 13: the first and the last of 11 σ. */
  @ParameterizedTest
  @CsvSource({
    "1, 1 .889 .778, .112 .001 0, 1e-9",
    "3, 1 .960129 .913349 .857692, .008929 0, 5e-7",
  })
  void theSigmasOfFlowMatching(int shift, String first, String last, double most) throws Exception {
    SchedulerConfig config = config("FlowMatchEulerDiscrete", ",'shift':" + shift);
    List<Double> sigmas =
        config.spacing().timeline(config.schedule(), 10).levels().stream()
            .map(NoiseLevel::noise)
            .toList();
    assertThat(sigmas).hasSize(11);
    double[] start = Stream.of(first.split(" ")).mapToDouble(Double::parseDouble).toArray();
    double[] end = Stream.of(last.split(" ")).mapToDouble(Double::parseDouble).toArray();
    for (int i = 0; i < start.length; i++) {
      assertThat(sigmas.get(i)).isCloseTo(start[i], within(most));
    }
    for (int i = 0; i < end.length; i++) {
      assertThat(sigmas.get(11 - end.length + i)).isCloseTo(end[i], within(most));
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 133.3620", "3, 129.3495"})
  void aSumOfTheFlowMatchingLoop(int shift, double sum) throws Exception {
    SchedulerConfig config = config("FlowMatchEulerDiscrete", ",'shift':" + shift);
    assertThat(size(byHand(config, 10, false, 1))).isCloseTo(sum, within(sum * 1e-4));
  }
}
