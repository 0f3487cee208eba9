package io.github.diffusion4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Configurations on models of their path whose clock is another. */
class OtherClockTest {

  private static final Shape SHAPE = Shape.images(1, 1, 2, 2);
  private static final Sampling REQUEST = Sampling.fromNoise(SHAPE).steps(7).seed(3);

  private static SchedulerConfig config(String name, Object... fields) {
    Map<String, Object> all = new HashMap<>(Map.of("_class_name", name));
    for (int i = 0; i < fields.length; i += 2) {
      all.put((String) fields[i], fields[i + 1]);
    }
    return SchedulerConfig.of(all);
  }

  @ParameterizedTest
  @ValueSource(strings = {"FlowMatchEulerDiscreteScheduler", "FlowMatchHeunDiscreteScheduler"})
  void aFlowConfigurationTellsTheModelItsOwnTimes(String name) {
    NotingModel own =
        new NotingModel(NoiseSchedule.rectifiedFlow().timed(1000, 0), PredictionType.FLOW);
    NotingModel course = new NotingModel(NoiseSchedule.rectifiedFlow(), PredictionType.FLOW);
    Sampling request = config(name, "shift", 3).on(REQUEST);

    Tensor expected = Sampler.of(own).sample(request);

    assertThat(Sampler.of(course).sample(request)).isEqualTo(expected);
    assertThat(course.told()).hasSameSizeAs(own.told()).hasSizeGreaterThanOrEqualTo(7);
    for (int i = 0; i < own.told().size(); i++) {
      NoiseLevel level = course.told().get(i);
      assertThat(level.noise()).isEqualTo(own.told().get(i).noise());
      assertThat(level.time()).isCloseTo(1 - level.noise(), within(1e-15));
      assertThat(own.told().get(i).time()).isCloseTo(1000 * level.noise(), within(1e-4));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DDPMScheduler",
        "DDIMScheduler",
        "LCMScheduler",
        "TCDScheduler",
        "SASolverScheduler",
        "PNDMScheduler",
        "EulerDiscreteScheduler",
        "DPMSolverMultistepScheduler"
      })
  void theMethodSeesTheTimesOfItsConfigurationAndTheNetworkItsOwn(String name) {
    SchedulerConfig config =
        config(name, "beta_schedule", "linear", "beta_start", 1e-4, "beta_end", 0.02);
    NoiseSchedule base = NoiseSchedule.linear(1000, 1e-4, 0.02);
    NotingModel own = new NotingModel(base, PredictionType.EPSILON);
    NotingModel other = new NotingModel(base.timed(1.0 / 1000, 1.0 / 1000), PredictionType.EPSILON);
    Sampling request = config.on(REQUEST);

    Tensor expected = Sampler.of(own).sample(request);

    assertThat(Sampler.of(other).sample(request)).isEqualTo(expected);
    assertThat(own.told().get(0).time()).isGreaterThan(800);
    for (int i = 0; i < own.told().size(); i++) {
      double time = own.told().get(i).time();
      assertThat(other.told().get(i).time()).isCloseTo((time + 1) / 1000, within(1e-15));
    }
  }

  @Test
  void aModelIsToldItsOwnTimesOnTheSchedulesOfConfigurationsToo() {
    SchedulerConfig config = config("FlowMatchEulerDiscreteScheduler");
    NotingModel course = new NotingModel(NoiseSchedule.rectifiedFlow(), PredictionType.FLOW);
    Sampler.of(course, config.schedule()).sample(config.on(REQUEST));
    assertThat(course.told().get(0).time()).isZero();
    assertThat(course.told().get(6).time()).isBetween(0.8, 1.0);
  }

  @Test
  void anotherPathIsRefusedAsBefore() {
    NotingModel model = new NotingModel(NoiseSchedule.squaredCosine(1000), PredictionType.EPSILON);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Sampler.of(model).sample(config("DDIMScheduler").on(REQUEST)))
        .withMessageContaining("linear(1000, 1.0E-4, 0.02)")
        .withMessageContaining("got one on squaredCosine(1000)");
  }

  private static List<Double> times(NoiseSchedule schedule, Sampling request) {
    NotingModel model = new NotingModel(schedule, request.prediction().orElseThrow());
    Sampler.of(model).sample(request);
    return model.told().stream().map(NoiseLevel::time).toList();
  }

  @Test
  void onlyTheSameClockIsToldTheConfigurationsTimes() {
    Sampling request =
        SchedulerConfig.of(
                Map.of("_class_name", "FlowMatchEulerDiscreteScheduler"),
                Map.of("timesteps", List.of(900, 400), "sigmas", List.of(1, 0.4)))
            .on(REQUEST)
            .steps(2);
    NoiseSchedule flow = NoiseSchedule.rectifiedFlow();
    assertThat(times(flow.timed(1000, 0), request)).containsExactly(900.0, 400.0);
    assertThat(times(flow.timed(p -> Math.rint(999 * p)), request)).containsExactly(999.0, 400.0);
    assertThat(times(flow.timed(p -> p * p), request).get(1)).isCloseTo(0.16, within(1e-12));
  }

  @Test
  void timesThatAreLogarithmsAreNotTakenForPositions() {
    SchedulerConfig config =
        config(
            "EulerDiscreteScheduler",
            "timestep_type",
            "continuous",
            "prediction_type",
            "v_prediction");
    Sampling request = config.on(REQUEST);
    NoiseSchedule base = NoiseSchedule.linear(1000, 1e-4, 0.02);

    List<Double> own = times(config.schedule(), request);
    List<Double> positions = times(base, request);

    for (int i = 0; i < own.size(); i++) {
      double sigma = Math.exp(4 * own.get(i));
      assertThat(positions.get(i)).isCloseTo(base.atRatio(sigma).time(), within(1e-6));
    }
    assertThat(positions.get(0)).isCloseTo(999, within(1e-6));
    NoiseSchedule schedule = config.schedule();
    assertThat(schedule.atRatio(5).time()).isCloseTo(Math.log(5) / 4, within(1e-9));
    assertThat(schedule.at(-1).time()).isEqualTo(schedule.at(0).time());
    Sampling curved = request.spacing(Spacing.karras()).scheduler(Scheduler.kdpm2());
    assertThat(times(schedule, curved).get(0)).isCloseTo(own.get(0), within(1e-7));
    assertThat(own.get(0)).isLessThan(2);
  }

  @Test
  void listsOfBetaAreKnownAsFloats() {
    double[] floats = new double[10];
    Arrays.fill(floats, .01f);
    double[] decimals = new double[10];
    Arrays.fill(decimals, .01);
    assertThat(NoiseSchedule.ofBetas(floats))
        .hasToString(NoiseSchedule.ofBetas(decimals).toString());
  }

  @Test
  void aPathIsKnownByItsNumbers() {
    double[] low = new double[10];
    double[] high = new double[10];
    Arrays.fill(low, 0.01);
    Arrays.fill(high, 0.3);
    Sampling request =
        config(
                "DDIMScheduler",
                "trained_betas",
                List.of(.01, .01, .01, .01, .01, .01, .01, .01, .01, .01))
            .on(REQUEST);
    assertThat(times(NoiseSchedule.ofBetas(low), request)).hasSize(7);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> times(NoiseSchedule.ofBetas(high), request))
        .withMessageContaining("got one on betas(10, ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "EulerDiscreteScheduler",
        "DPMSolverMultistepScheduler",
        "UniPCMultistepScheduler"
      })
  void rescaledConfigurationsRunOnModelsOfTheNamedSchedule(String name) {
    Sampling request =
        config(
                name,
                "rescale_betas_zero_snr",
                true,
                "prediction_type",
                "v_prediction",
                "beta_schedule",
                "linear",
                "beta_start",
                1e-4,
                "beta_end",
                0.02,
                "timestep_spacing",
                "trailing")
            .on(REQUEST);
    NoiseSchedule rescaled = NoiseSchedule.named("linear(1000, 1.0E-4, 0.02).zeroTerminalSnr");
    assertThat(times(rescaled, request).get(0)).isEqualTo(999);
  }

  @Test
  void edmIsOnePathWhateverPartOfItIsSampled() {
    Sampling request = config("EDMEulerScheduler", "sigma_max", 10).on(REQUEST);
    List<Double> expected = times(NoiseSchedule.edm(0.002, 10, 0.5), request);
    assertThat(times(NoiseSchedule.edm(0.002, 80, 0.5), request)).isEqualTo(expected);
    assertThat(times(NoiseSchedule.edm(0.002, 10, 0.5).timed(1, 0), request).get(0))
        .isCloseTo(10, within(1e-9));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> times(NoiseSchedule.edm(0.002, 80, 0.6), request));
  }

  @ParameterizedTest
  @CsvSource({"IPNDMScheduler, rectifiedFlow", "RePaintScheduler, squaredCosine(1000)"})
  void noClassTakesAnotherPath(String name, String schedule) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> times(NoiseSchedule.named(schedule), config(name).on(REQUEST)))
        .withMessageContaining("the configuration is for a network on ");
  }

  @Test
  void aNetworkOfAnotherTypeIsRefusedToo() {
    SchedulerConfig config = config("DDIMScheduler", "prediction_type", "v_prediction");
    Denoiser noise = Denoiser.of((x, times, inputs) -> x, PredictionType.EPSILON);
    Denoiser velocity = Denoiser.of((x, times, inputs) -> x, PredictionType.VELOCITY);
    Sampling request = config.on(REQUEST);
    assertThat(Sampler.of(velocity, config.schedule()).sample(request).isFinite()).isTrue();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Sampler.of(noise, config.schedule()).sample(request))
        .withMessageContaining("predicts VELOCITY, got one that predicts EPSILON");
  }

  @ParameterizedTest
  @CsvSource({
    "epsilon, VELOCITY",
    "epsilon, FLOW",
    "v_prediction, EPSILON",
    "sample, EPSILON",
    "sample, VELOCITY"
  })
  void aModelThatPredictsSomethingElseIsRefused(String told, String type) {
    SchedulerConfig config = config("DDIMScheduler", "prediction_type", told);
    NotingModel model = new NotingModel(config.schedule(), PredictionType.named(type));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Sampler.of(model).sample(config.on(REQUEST)))
        .withMessage(
            "the request is for a network that predicts %s, got one that predicts %s",
            config.prediction(), type);
    assertThat(model.told()).isEmpty();
  }

  @Test
  void theSignOfAFlowIsNoDifference() {
    SchedulerConfig config = config("FlowMatchEulerDiscreteScheduler");
    NoiseSchedule flow = NoiseSchedule.rectifiedFlow();
    NotingModel to = new NotingModel(flow, PredictionType.FLOW_TO_DATA);

    assertThat(Sampler.of(to).sample(config.on(REQUEST)).isFinite()).isTrue();
    assertThat(PredictionType.edm(.5).isAlike(PredictionType.edm(.5).negated())).isTrue();
    assertThat(PredictionType.edm(.5).isAlike(PredictionType.edm(.6))).isFalse();
  }
}
