package io.github.diffusion4j.onnx.model;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.diffusion4j.Conditioning;
import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.Guidance;
import io.github.diffusion4j.NoiseSchedule;
import io.github.diffusion4j.PredictionType;
import io.github.diffusion4j.Scheduler;
import io.github.diffusion4j.Scheduler.Variance;
import io.github.diffusion4j.Spacing;
import io.github.diffusion4j.pipeline.Loop;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * A {@code scheduler_config.json} of diffusers: every field is honoured or refused by name.
 *
 * @param schedule the noise schedule
 * @param prediction what the network predicts
 * @param loop the loop that the scheduler makes
 * @param isLearned whether the steps need a learned variance
 */
record SchedulerConfig(
    NoiseSchedule schedule, PredictionType prediction, Loop loop, boolean isLearned) {

  private static final String KNOWN = "DDPMScheduler, DDIMScheduler";

  /** Fields of other schedulers, with diffusers' defaults, at which they do nothing here. */
  private static final Map<String, Object> DEFAULTS =
      Map.ofEntries(
          Map.entry("set_alpha_to_one", true),
          Map.entry("variance_type", "fixed_small"),
          Map.entry("solver_order", 2),
          Map.entry("algorithm_type", "dpmsolver++"),
          Map.entry("solver_type", "midpoint"),
          Map.entry("lower_order_final", true),
          Map.entry("interpolation_type", "linear"),
          Map.entry("final_sigmas_type", "zero"),
          Map.entry("timestep_type", "discrete"),
          Map.entry("original_inference_steps", 50),
          Map.entry("timestep_scaling", 10.0),
          Map.entry("flow_shift", 1.0),
          Map.entry("predict_x0", true));

  static SchedulerConfig read(Path file) {
    JsonObject json = JsonObject.read(file);
    String name = json.text("_class_name");
    if (!name.equals("DDPMScheduler") && !name.equals("DDIMScheduler")) {
      throw json.wrong("_class_name", "one of " + KNOWN, name);
    }
    try {
      NoiseSchedule schedule = schedule(json);
      PredictionType prediction = prediction(json);
      Spacing spacing = spacing(json);
      Correction correction = correction(json);
      refuse(json, "rescale_betas_zero_snr", false);
      String variance = "none";
      Scheduler scheduler = Scheduler.ddim();
      if (name.equals("DDPMScheduler")) {
        variance = json.text("variance_type", "fixed_small");
        scheduler = Scheduler.ddpm(variance(json, variance));
      } else {
        refuse(json, "set_alpha_to_one", true);
      }
      refuseOthers(json);
      return new SchedulerConfig(
          schedule,
          prediction,
          new Loop(name + correction.name(), spacing, scheduler, correction.change()),
          variance.equals("learned_range"));
    } catch (IllegalArgumentException e) {
      throw new DiffusionException(file + ": " + e.getMessage(), e);
    }
  }

  private static NoiseSchedule schedule(JsonObject json) {
    int steps = json.whole("num_train_timesteps", 1000);
    double first = json.number("beta_start", 1e-4);
    double last = json.number("beta_end", 0.02);
    String kind = json.text("beta_schedule", "linear");
    if (!json.get("trained_betas").isMissingNode() && !json.get("trained_betas").isNull()) {
      throw json.wrong("trained_betas", "null", json.get("trained_betas").toString());
    }
    return switch (kind) {
      case "linear" -> NoiseSchedule.linear(steps, first, last);
      case "scaled_linear" -> NoiseSchedule.scaledLinear(steps, first, last);
      case "squaredcos_cap_v2" -> NoiseSchedule.squaredCosine(steps);
      default ->
          throw json.wrong("beta_schedule", "linear, scaled_linear or squaredcos_cap_v2", kind);
    };
  }

  private static PredictionType prediction(JsonObject json) {
    String name = json.text("prediction_type", "epsilon");
    return switch (name) {
      case "epsilon" -> PredictionType.EPSILON;
      case "sample" -> PredictionType.CLEAN;
      case "v_prediction" -> PredictionType.VELOCITY;
      default -> throw json.wrong("prediction_type", "epsilon, sample or v_prediction", name);
    };
  }

  private static Spacing spacing(JsonObject json) {
    int offset = json.whole("steps_offset", 0);
    String name = json.text("timestep_spacing", "leading");
    if (!name.equals("leading") && offset != 0) {
      throw json.wrong("steps_offset", "0 with spacing " + name, Integer.toString(offset));
    }
    return switch (name) {
      case "leading" -> Spacing.leading(offset);
      case "trailing" -> Spacing.trailing();
      case "linspace" -> Spacing.linspace();
      default -> throw json.wrong("timestep_spacing", "leading, trailing or linspace", name);
    };
  }

  /** What is done to every estimate, and how it is called. */
  private record Correction(String name, UnaryOperator<Guidance> change) {

    /** Values out of range are told here, by trying the change on a guidance. */
    private static Correction of(String name, UnaryOperator<Guidance> change) {
      Objects.requireNonNull(change.apply(Guidance.of(Conditioning.none())));
      return new Correction(name, change);
    }
  }

  private static Correction correction(JsonObject json) {
    double ratio = json.number("dynamic_thresholding_ratio", 0.995);
    double most = json.number("sample_max_value", 1);
    double range = json.number("clip_sample_range", 1);
    boolean clips = json.flag("clip_sample", true);
    if (json.flag("thresholding", false)) {
      return Correction.of(
          " thresholded(" + ratio + ", " + most + ")",
          guidance -> guidance.thresholded(ratio, most));
    }
    return clips
        ? Correction.of(" clamped(" + range + ")", guidance -> guidance.clamped(-range, range))
        : new Correction("", UnaryOperator.identity());
  }

  private static Variance variance(JsonObject json, String name) {
    return switch (name) {
      case "fixed_small" -> Variance.SMALL;
      case "fixed_large" -> Variance.LARGE;
      case "learned_range" -> Variance.LEARNED;
      default ->
          throw json.wrong("variance_type", "fixed_small, fixed_large or learned_range", name);
    };
  }

  private static void refuse(JsonObject json, String name, boolean expected) {
    if (json.flag(name, expected) != expected) {
      throw json.wrong(name, Boolean.toString(expected), Boolean.toString(!expected));
    }
  }

  private static void refuseOthers(JsonObject json) {
    for (String name : json.others()) {
      JsonNode value = json.get(name);
      boolean isIdle =
          name.startsWith("_")
              || value.isNull()
              || (value.isBoolean() && !value.asBoolean())
              || isDefault(value, DEFAULTS.get(name));
      if (!isIdle) {
        throw json.wrong(name, "absent, null, false or diffusers' default", value.toString());
      }
    }
  }

  private static boolean isDefault(
      JsonNode value, @org.jspecify.annotations.Nullable Object usual) {
    if (usual instanceof Number number) {
      return value.isNumber() && value.asDouble() == number.doubleValue();
    }
    return usual != null && value.asText().equals(usual.toString());
  }
}
