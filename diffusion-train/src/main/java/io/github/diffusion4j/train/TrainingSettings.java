package io.github.diffusion4j.train;

import io.github.diffusion4j.train.torch.Compute;
import java.util.LinkedHashMap;
import java.util.Map;

/** The settings of a run as others need them: by name, and for the engine. */
final class TrainingSettings {

  private TrainingSettings() {}

  static Compute compute(Training training) {
    return new Compute(
        training.precision() == Precision.FLOAT64,
        training.precision() == Precision.BFLOAT16,
        training.device() == Device.CUDA);
  }

  /** The learning rate of a step that comes after a share of its epoch. */
  static double rate(Training training, long step, int epoch, double share) {
    Optimiser optimiser = training.optimiser();
    return optimiser.rate() * optimiser.rates().factor(step, epoch, share, training.epochs());
  }

  static Map<String, Object> write(Training training) {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("batch", training.batch());
    settings.put("epochs", training.epochs());
    settings.put("patience", training.patience());
    training.optimiser().putInto(settings);
    settings.put("conditioningDropout", training.conditioningDropout());
    settings.put("seed", training.seed());
    settings.put("threads", training.threads());
    settings.put("precision", training.precision().name());
    settings.put("device", training.device().name());
    training.objective().putInto(settings);
    training.checkpoints().putInto(settings);
    return settings;
  }

  /**
   * What {@link #write} wrote, also in versions that knew float64 as a flag.
   *
   * @throws IllegalArgumentException if a setting is missing or not one
   */
  static Training read(Settings settings) {
    Training training =
        Training.flowMatching()
            .batch(settings.whole("batch"))
            .epochs(settings.whole("epochs"))
            .patience(settings.has("patience") ? settings.whole("patience") : 0)
            .optimiser(Optimiser.of(settings))
            .conditioningDropout(settings.number("conditioningDropout"))
            .seed(settings.wide("seed"))
            .threads(settings.whole("threads"))
            .objective(Objective.of(settings))
            .checkpoints(CheckpointPolicy.of(settings));
    if (!settings.has("precision")) {
      return settings.flag("double") ? training.precision(Precision.FLOAT64) : training;
    }
    return training
        .precision(Precision.valueOf(settings.text("precision")))
        .device(Device.valueOf(settings.text("device")));
  }
}
