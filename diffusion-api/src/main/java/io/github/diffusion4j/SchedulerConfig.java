package io.github.diffusion4j;

import io.github.diffusion4j.Configured.Source;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A {@code scheduler_config.json} of diffusers: schedule, places, prediction type, method and clamp
 * in one value, with the numbers of the class that it names.
 *
 * <p>Every field that the class reads is honoured or refused by name. A field that it does not read
 * is accepted where it is null, false or a default of diffusers', and names that begin with {@code
 * _} always.
 *
 * <pre>{@code
 * SchedulerConfig config = SchedulerConfig.of(Map.of("_class_name", "UniPCMultistepScheduler"));
 * Sampler sampler = Sampler.of(Denoiser.of(network, config.prediction()), config.schedule());
 * Tensor images = sampler.sample(config.on(Sampling.fromNoise(shape)).steps(20));
 * }</pre>
 *
 * <p>Immutable.
 */
public final class SchedulerConfig {

  private static final Map<String, Function<Source, Configured>> CLASSES =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("DDPMScheduler", TrainedConfigs::ddpm),
              Map.entry("DDIMScheduler", TrainedConfigs::ddim),
              Map.entry("DDIMInverseScheduler", TrainedConfigs::ddimInverse),
              Map.entry("PNDMScheduler", TrainedConfigs::pndm),
              Map.entry("IPNDMScheduler", TrainedConfigs::ipndm),
              Map.entry("LCMScheduler", TrainedConfigs::lcm),
              Map.entry("TCDScheduler", TrainedConfigs::tcd),
              Map.entry("UnCLIPScheduler", TrainedConfigs::unClip),
              Map.entry("RePaintScheduler", TrainedConfigs::rePaint),
              Map.entry("EulerDiscreteScheduler", SigmaConfigs::euler),
              Map.entry("EulerAncestralDiscreteScheduler", SigmaConfigs::eulerAncestral),
              Map.entry("HeunDiscreteScheduler", SigmaConfigs::heun),
              Map.entry("LMSDiscreteScheduler", SigmaConfigs::lms),
              Map.entry("KDPM2DiscreteScheduler", s -> SigmaConfigs.kdpm2(s, Scheduler.kdpm2())),
              Map.entry(
                  "KDPM2AncestralDiscreteScheduler",
                  s -> SigmaConfigs.kdpm2(s, Scheduler.kdpm2Ancestral())),
              Map.entry("DPMSolverMultistepScheduler", SigmaConfigs::dpmMultistep),
              Map.entry("DPMSolverSinglestepScheduler", SigmaConfigs::dpmSinglestep),
              Map.entry("UniPCMultistepScheduler", SigmaConfigs::uniPc),
              Map.entry("DEISMultistepScheduler", SigmaConfigs::deis),
              Map.entry("SASolverScheduler", SigmaConfigs::saSolver),
              Map.entry("FlowMatchEulerDiscreteScheduler", FlowConfigs::euler),
              Map.entry("FlowMatchHeunDiscreteScheduler", FlowConfigs::heun),
              Map.entry("EDMEulerScheduler", FlowConfigs::edmEuler),
              Map.entry("EDMDPMSolverMultistepScheduler", FlowConfigs::edmDpm)));

  /** Fields of other classes, with diffusers' defaults, at which they do nothing. */
  private static final Map<String, Set<Object>> DEFAULTS =
      Map.ofEntries(
          Map.entry("beta_start", Set.of(0.0001, 0.00085)),
          Map.entry("beta_end", Set.of(0.02, 0.012)),
          Map.entry("beta_schedule", Set.of("linear", "scaled_linear")),
          Map.entry("sigma_min", Set.of(0.002)),
          Map.entry("sigma_max", Set.of(80)),
          Map.entry("sigma_data", Set.of(0.5)),
          Map.entry("sigma_schedule", Set.of("karras")),
          Map.entry("set_alpha_to_one", Set.of(true)),
          Map.entry("variance_type", Set.of("fixed_small", "fixed_small_log")),
          Map.entry("timestep_spacing", Set.of("leading", "linspace")),
          Map.entry("steps_offset", Set.of(0)),
          Map.entry("clip_sample", Set.of(true)),
          Map.entry("clip_sample_range", Set.of(1)),
          Map.entry("dynamic_thresholding_ratio", Set.of(0.995)),
          Map.entry("sample_max_value", Set.of(1)),
          Map.entry("solver_order", Set.of(2)),
          Map.entry("algorithm_type", Set.of("dpmsolver++", "deis", "data_prediction")),
          Map.entry("solver_type", Set.of("midpoint", "logrho", "bh2")),
          Map.entry("lower_order_final", Set.of(true)),
          Map.entry("disable_corrector", Set.of(List.of())),
          Map.entry("predict_x0", Set.of(true)),
          Map.entry("predictor_order", Set.of(2)),
          Map.entry("corrector_order", Set.of(2)),
          Map.entry("lambda_min_clipped", Set.of(Double.NEGATIVE_INFINITY)),
          Map.entry("interpolation_type", Set.of("linear")),
          Map.entry("final_sigmas_type", Set.of("zero")),
          Map.entry("timestep_type", Set.of("discrete")),
          Map.entry("original_inference_steps", Set.of(50)),
          Map.entry("timestep_scaling", Set.of(10)),
          Map.entry("shift", Set.of(1)),
          Map.entry("flow_shift", Set.of(1)),
          Map.entry("time_shift_type", Set.of("exponential")),
          Map.entry("base_shift", Set.of(0.5)),
          Map.entry("max_shift", Set.of(1.15)),
          Map.entry("base_image_seq_len", Set.of(256)),
          Map.entry("max_image_seq_len", Set.of(4096)),
          Map.entry("prediction_type", Set.of("epsilon")),
          Map.entry("rho", Set.of(7)),
          // Of PNDM; left over where the class of a file was changed.
          Map.entry("skip_prk_steps", Set.of(true)),
          Map.entry("eta", Set.of(0)));

  /** Arguments of other classes, with diffusers' defaults, at which they do nothing. */
  private static final Map<String, Set<Object>> ARGUMENTS =
      Map.of(
          "eta", Set.of(0),
          "s_churn", Set.of(0),
          "s_tmin", Set.of(0),
          "s_tmax", Set.of(Double.POSITIVE_INFINITY),
          "s_noise", Set.of(1));

  private final String name;
  private final Configured made;

  private SchedulerConfig(String name, Configured made) {
    this.name = name;
    this.made = made;
  }

  /**
   * Reads the fields of a configuration.
   *
   * @param fields names and values as a JSON reader gives them: texts, numbers, booleans, lists;
   *     {@code _class_name} is the class
   * @return the configuration
   * @throws IllegalArgumentException if the class is not known, a field has a value that its class
   *     does not take or that is not supported, or fields contradict each other
   */
  public static SchedulerConfig of(Map<String, ?> fields) {
    return of(fields, Map.of());
  }

  /**
   * Reads the fields of a configuration and the arguments that diffusers' {@code set_timesteps} and
   * {@code step} take beside the number of steps: lists of {@code timesteps} or {@code sigmas}, the
   * {@code mu} of a dynamic shift, {@code eta}, {@code s_churn} and its bounds, and so on.
   *
   * @param fields as in {@link #of(Map)}
   * @param arguments names and values
   * @return the configuration
   * @throws IllegalArgumentException as {@link #of(Map)}, and if the class takes no such argument
   */
  public static SchedulerConfig of(Map<String, ?> fields, Map<String, ?> arguments) {
    ConfigFields config = new ConfigFields(Objects.requireNonNull(fields, "fields"));
    ConfigFields given = new ConfigFields(Objects.requireNonNull(arguments, "arguments"));
    String name = config.text("_class_name", "nothing");
    Function<Source, Configured> reader = CLASSES.get(name);
    if (reader == null) {
      throw ConfigFields.wrong(
          "_class_name", "one of " + String.join(", ", CLASSES.keySet()), name);
    }
    try {
      Configured made = reader.apply(new Source(name, config, given));
      config.refuseOthers(DEFAULTS);
      given.refuseOthers(ARGUMENTS);
      return new SchedulerConfig(name, made);
    } catch (ConfigFields.WrongField e) {
      throw e;
    } catch (IllegalArgumentException e) {
      // A rule of the library's own calls a value by its own name; the fields are those of
      // diffusers.
      String told = name + config + (given.isEmpty() ? "" : given);
      throw new IllegalArgumentException(told + ": " + e.getMessage(), e);
    }
  }

  /** The classes of diffusers that are known. */
  public static Set<String> classes() {
    return Set.copyOf(CLASSES.keySet());
  }

  /** The class of diffusers. */
  public String name() {
    return name;
  }

  /** The noise schedule, in the form that the class works on. */
  public NoiseSchedule schedule() {
    return made.schedule();
  }

  /** What the network predicts. */
  public PredictionType prediction() {
    return made.prediction();
  }

  /** The places that a run visits; on the class's own {@link #schedule()}, whatever it is given. */
  public Spacing spacing() {
    return made.spacing();
  }

  /** The method. */
  public Scheduler scheduler() {
    return made.scheduler();
  }

  /** Whether the steps need a network with a learned variance. */
  public boolean isLearned() {
    return made.scheduler() instanceof Ddpm ddpm && ddpm.variance() == Scheduler.Variance.LEARNED;
  }

  /**
   * What the class does to every estimate: clamping, dynamic thresholding or nothing.
   *
   * @param guidance a guidance
   * @return the corrected guidance
   */
  public Guidance correct(Guidance guidance) {
    return made.correction().apply(guidance);
  }

  /**
   * What {@link #correct} does, in words.
   *
   * @return as it is appended to a guidance's text; empty if it does nothing
   */
  public String correction() {
    Guidance plain = Guidance.of(Conditioning.none());
    return correct(plain).toString().substring(plain.toString().length());
  }

  /**
   * A request that goes as the class does, for a network that predicts {@link #prediction()} and
   * was trained on {@link #schedule()}, with this clock or another: a sampler on another schedule
   * refuses it, and one of a model that says that it predicts something else.
   *
   * @param request what to sample, with its guidance
   * @return the request with this configuration's places, method and correction
   */
  public Sampling on(Sampling request) {
    return Objects.requireNonNull(request, "request")
        .spacing(spacing())
        .scheduler(scheduler())
        .guidance(correct(request.guidance()))
        .predicting(prediction());
  }

  @Override
  public String toString() {
    return name + " (" + schedule() + ", " + prediction() + ", " + scheduler() + correction() + ")";
  }
}
