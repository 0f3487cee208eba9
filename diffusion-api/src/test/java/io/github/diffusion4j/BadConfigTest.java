package io.github.diffusion4j;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Configurations that make no sense are refused with the field and the value. */
class BadConfigTest {

  private static final List<Arguments> ROWS = new ArrayList<>();

  private static void field(String message, String name, Object... fields) {
    ROWS.add(Arguments.of(message, name, map(fields), Map.of()));
  }

  private static void argument(String message, String name, Map<String, ?> fields, Object... more) {
    ROWS.add(Arguments.of(message, name, fields, map(more)));
  }

  private static Map<String, Object> map(Object... pairs) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put((String) pairs[i], pairs[i + 1]);
    }
    return map;
  }

  static List<Arguments> rows() {
    ROWS.clear();
    Map<String, ?> none = Map.of();
    Map<String, ?> karras = Map.of("use_karras_sigmas", true);
    field("EulerDiscreteScheduler", "EulerMaruyamaScheduler");
    field("use_karras_sigmas", "Euler", "use_karras_sigmas", true, "use_beta_sigmas", true);
    field("use_karras_sigmas", "UniPC", "use_karras_sigmas", true, "use_exponential_sigmas", true);
    argument("timesteps or a curve of sigmas", "Euler", karras, "timesteps", List.of(900, 100));
    argument("timesteps or a curve of sigmas", "DPMSolver", karras, "timesteps", List.of(900, 100));
    argument(
        "either timesteps or sigmas",
        "Euler",
        none,
        "timesteps",
        List.of(9),
        "sigmas",
        List.of(1, 0));
    for (String name :
        List.of("DDPM", "LCM", "TCD", "Euler", "Heun", "DPMSolver", "FlowMatchEuler")) {
      argument("timesteps to be a list of at least one", name, none, "timesteps", List.of());
      argument(
          "timesteps must fall strictly, got 100.0 before 900.0",
          name,
          none,
          "timesteps",
          List.of(100, 900));
      argument(
          "timesteps must fall strictly, got 100.0 before 100.0",
          name,
          none,
          "timesteps",
          List.of(100, 100));
      argument("timesteps must be in [0.0, ", name, none, "timesteps", List.of(1001, 100));
      argument("timesteps must be in [0.0, ", name, none, "timesteps", List.of(100, -1));
      argument("timesteps to be a list of numbers", name, none, "timesteps", "900");
      argument("timesteps to be a list of finite numbers", name, none, "timesteps", List.of("900"));
    }
    argument("sigmas must fall strictly", "Euler", none, "sigmas", List.of(1, 2, 0));
    argument("sigmas must be in [0.0", "Euler", none, "sigmas", List.of(2, 1, -1));
    argument("sigmas to be a list of at least one", "Euler", none, "sigmas", List.of());
    argument("at least one step and its end", "Euler", none, "sigmas", List.of(2));
    argument(
        "sigmas must be in [0.0, 1.0], got 1.5",
        "FlowMatchEuler",
        none,
        "sigmas",
        List.of(1.5, .5));
    argument("sigmas must fall strictly", "FlowMatchEuler", none, "sigmas", List.of(.5, .9));
    argument("η must be in [0.0, 1.0], got 1.5", "DDIM", none, "eta", 1.5);
    argument("η must be in [0.0, 1.0], got -0.1", "TCD", none, "eta", -.1);
    field("η must be in [0.0, 1.0], got 2.0", "RePaint", "eta", 2);
    argument("order must be in [1, 4], got 5", "LMS", none, "order", 5);
    field("solver order must be in [1, 3], got 4", "DPMSolver", "solver_order", 4);
    field("solver order must be in [1, 3], got 0", "DPMSolverSinglestep", "solver_order", 0);
    field("solver order must be in [1, 4], got 5", "UniPC", "solver_order", 5);
    field("solver order must be in [1, 3], got 4", "DEIS", "solver_order", 4);
    field("predictor order must be in [1, 4], got 5", "SASolver", "predictor_order", 5);
    field(
        "solver orders 1 and 2, got 3",
        "DPMSolver",
        "solver_order",
        3,
        "algorithm_type",
        "sde-dpmsolver",
        "final_sigmas_type",
        "sigma_min");
    field("argument mu", "FlowMatchEuler", "use_dynamic_shifting", true);
    field(
        "argument mu",
        "UniPC",
        "use_flow_sigmas",
        true,
        "use_dynamic_shifting",
        true,
        "prediction_type",
        "flow_prediction");
    field("colour", "DDIM", "colour", "red");
    field("final_sigmas_type", "DDIM", "final_sigmas_type", "sigma_min");
    field("solver_p", "UniPC", "solver_p", "DDIMScheduler");
    argument("mu", "DDIM", none, "mu", 1);
    field("num_train_timesteps to be a number", "DDIM", "num_train_timesteps", "1000");
    field("num_train_timesteps to be a whole number", "DDIM", "num_train_timesteps", 10.5);
    field("steps must be in [1", "Euler", "num_train_timesteps", 0);
    field("clip_sample to be true or false", "DDIM", "clip_sample", "true");
    field("beta_schedule to be a text", "DDIM", "beta_schedule", 1);
    field("beta_schedule to be one of", "DDIM", "beta_schedule", "quadratic");
    field("beta_start to be a number", "DDIM", "beta_start", Double.NaN);
    field("trained_betas to be a list of numbers", "DDIM", "trained_betas", .1);
    field("1.5", "DDIM", "trained_betas", List.of(.1, 1.5));
    field("steps_offset to be at least 0, found -1", "DDIM", "steps_offset", -1);
    field("steps_offset to be at least 0, found -1", "Euler", "steps_offset", -1);
    field("disable_corrector", "UniPC", "disable_corrector", List.of(.5));
    field("_class_name", "missing", "_class_name", 7);
    field(
        "prediction_type to be one of epsilon, sample, v_prediction, found \"flow\"",
        "DDIM",
        "prediction_type",
        "flow");
    field("prediction_type", "PNDM", "prediction_type", "sample");
    field("prediction_type", "KDPM2", "prediction_type", "sample");
    field("prediction_type", "UnCLIP", "prediction_type", "v_prediction");
    field("prediction_type", "EDMEuler", "prediction_type", "sample");
    field("prediction_type", "UniPC", "prediction_type", "flow_prediction");
    field("prediction_type", "FlowMatchEuler", "prediction_type", "v_prediction");
    field("rescale_betas_zero_snr", "FlowMatchEuler", "rescale_betas_zero_snr", true);
    field("rescale_betas_zero_snr", "PNDM", "rescale_betas_zero_snr", true);
    field("final_sigmas_type", "DPMSolver", "algorithm_type", "dpmsolver");
    field("lambda_min_clipped", "DPMSolver", "lambda_min_clipped", 100);
    field("invert_sigmas", "FlowMatchEuler", "invert_sigmas", true, "stochastic_sampling", true);
    field("shift must be", "FlowMatchEuler", "shift", 0);
    field("σ must grow", "EDMEuler", "sigma_min", 90);
    argument("churn must be in", "Euler", none, "s_churn", -1);
    argument("σ that are churned", "Euler", none, "s_churn", 1, "s_tmin", 5, "s_tmax", 1);
    argument("s_churn", "FlowMatchHeunDiscrete", none, "s_churn", 1);
    argument("s_churn", "FlowMatchEuler", none, "s_churn", 1);
    argument("mu", "DPMSolver", none, "mu", 1);
    field("use_dynamic_shifting", "FlowMatchHeunDiscrete", "use_dynamic_shifting", true);
    field("use_dynamic_shifting", "SASolver", "use_dynamic_shifting", true);
    return ROWS;
  }

  private static final Map<String, String> NAMES =
      Map.of(
          "Euler", "EulerDiscreteScheduler",
          "Heun", "HeunDiscreteScheduler",
          "LMS", "LMSDiscreteScheduler",
          "KDPM2", "KDPM2DiscreteScheduler",
          "DPMSolver", "DPMSolverMultistepScheduler",
          "UniPC", "UniPCMultistepScheduler",
          "DEIS", "DEISMultistepScheduler",
          "FlowMatchEuler", "FlowMatchEulerDiscreteScheduler",
          "DPMSolverSinglestep", "DPMSolverSinglestepScheduler");

  private static Map<String, Object> named(String name, Map<String, ?> fields) {
    String full = NAMES.getOrDefault(name, name.endsWith("Scheduler") ? name : name + "Scheduler");
    Map<String, Object> all = map("_class_name", full);
    all.putAll(fields);
    return all;
  }

  @ParameterizedTest(name = "{1} {2} {3}")
  @MethodSource("rows")
  void whatMakesNoSenseIsRefused(
      String message, String name, Map<String, ?> fields, Map<String, ?> arguments) {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> {
              SchedulerConfig config = SchedulerConfig.of(named(name, fields), arguments);
              config.spacing().timeline(config.schedule(), 1);
            })
        .withMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DDPM",
        "DDIM",
        "DDIMInverse",
        "PNDM",
        "IPNDM",
        "LCM",
        "TCD",
        "UnCLIP",
        "RePaint",
        "Euler",
        "EulerAncestralDiscrete",
        "Heun",
        "LMS",
        "KDPM2",
        "KDPM2AncestralDiscrete",
        "DPMSolver",
        "DPMSolverSinglestep",
        "UniPC",
        "DEIS",
        "SASolver",
        "FlowMatchEuler",
        "FlowMatchHeunDiscrete",
        "EDMEuler",
        "EDMDPMSolverMultistep"
      })
  void noStepsAndMoreThanTheTrainingHadAreRefused(String name) {
    SchedulerConfig config = SchedulerConfig.of(named(name, Map.of()));
    for (int steps : new int[] {-1, 0, 1001, 5000}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> config.spacing().timeline(config.schedule(), steps))
          .withMessageContaining("steps")
          .withMessageContaining(Integer.toString(steps));
    }
  }

  @ParameterizedTest
  @CsvSource({"DPMSolver, leading", "UniPC, leading", "DEIS, leading"})
  void asManyStepsAsWouldStandStillAreRefused(String name, String spacing) {
    SchedulerConfig config = SchedulerConfig.of(named(name, Map.of("timestep_spacing", spacing)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config.spacing().timeline(config.schedule(), 1000))
        .withMessageContaining("1000 steps must fall");
  }

  @Test
  void theFieldsOfDiffusersAreToldWhereTheLibraryHasItsOwnNames() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SchedulerConfig.of(named("DDPM", Map.of("beta_start", 2))))
        .withMessage("DDPMScheduler{beta_start=2}: first β must be in (0, 1), got 2.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SchedulerConfig.of(named("LCM", Map.of("timestep_scaling", 0))))
        .withMessageContaining("timestep_scaling must be");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SchedulerConfig.of(named("FlowMatchEuler", Map.of("shift", "3"))))
        .withMessageContaining("field shift to be a number, found \"3\"");
  }

  @Test
  void whatPublishedFilesHaveLeftOverIsTaken() {
    for (String name : List.of("Euler", "DDIM", "DPMSolver")) {
      SchedulerConfig.of(named(name, Map.of("skip_prk_steps", true)));
    }
    SchedulerConfig.of(named("DPMSolver", Map.of("lambda_min_clipped", "-Infinity")));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SchedulerConfig.of(named("Euler", Map.of("skip_steps", true))));
  }

  @Test
  void aSignalThatDoesNotFallIsNotRescaled() {
    for (double beta : new double[] {1e-10, .99999999}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> NoiseSchedule.linear(5, beta, beta).zeroTerminalSnr())
          .withMessageContaining("needs a signal that falls");
    }
  }

  @Test
  void aStretchToALastPositionNeedsTwoSteps() {
    SchedulerConfig config =
        SchedulerConfig.of(named("FlowMatchEuler", Map.of("shift_terminal", .1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config.spacing().timeline(config.schedule(), 1))
        .withMessageContaining("shift_terminal");
  }

  @Test
  void aScheduleWithoutBetasHasNoZeroTerminalForm() {
    NoiseSchedule table = NoiseSchedule.linear(10, 1e-4, .02);
    for (NoiseSchedule schedule :
        List.of(NoiseSchedule.rectifiedFlow(), NoiseSchedule.edm(.01, 80, .5), table.exploding())) {
      assertThatIllegalArgumentException()
          .isThrownBy(schedule::zeroTerminalSnr)
          .withMessageContaining("schedules made of β");
    }
  }

  @Test
  void plmsFromALevelWithoutSignalIsRefused() {
    Timeline timeline = Spacing.trailing().timeline(NoiseSchedule.rectifiedFlow(), 10);
    for (Scheduler scheduler : List.of(Scheduler.pndm(), Scheduler.plms())) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> scheduler.expand(timeline))
          .withMessageContaining("needs signal at the first level");
    }
  }
}
