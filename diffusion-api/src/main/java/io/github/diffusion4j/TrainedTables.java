package io.github.diffusion4j;

import io.github.diffusion4j.Configured.Source;
import java.util.ArrayList;
import java.util.List;

/** The trained schedules of configurations. */
final class TrainedTables {

  private TrainedTables() {}

  /** Rescaled, if asked for, to no signal at all. */
  static DiscreteSchedule exact(Source source, String... more) {
    DiscreteSchedule table = plain(source, more);
    return source.fields().flag("rescale_betas_zero_snr", false) ? table.zeroTerminalSnr() : table;
  }

  /** Rescaled, if asked for, to next to no signal. */
  static DiscreteSchedule nearly(Source source) {
    DiscreteSchedule table = plain(source);
    return source.fields().flag("rescale_betas_zero_snr", false)
        ? table.nearlyZeroTerminalSnr()
        : table;
  }

  static DiscreteSchedule plain(Source source, String... more) {
    return table(source, "linear", 1e-4, 0.02, more);
  }

  /** With the defaults of k-diffusion's methods. */
  static DiscreteSchedule karras(Source source, String... more) {
    return table(source, "linear", 0.00085, 0.012, more);
  }

  /** With the defaults of consistency models. */
  static DiscreteSchedule distilled(Source source) {
    DiscreteSchedule table = table(source, "scaled_linear", 0.00085, 0.012);
    return source.fields().flag("rescale_betas_zero_snr", false) ? table.zeroTerminalSnr() : table;
  }

  private static DiscreteSchedule table(
      Source source, String usual, double low, double high, String... more) {
    ConfigFields fields = source.fields();
    int steps = fields.whole("num_train_timesteps", 1000);
    double first = fields.number("beta_start", low);
    double last = fields.number("beta_end", high);
    double[] betas = fields.numbers("trained_betas");
    List<String> allowed = new ArrayList<>(List.of(usual));
    allowed.addAll(List.of("linear", "scaled_linear", "squaredcos_cap_v2"));
    allowed.addAll(List.of(more));
    String kind =
        fields.choice("beta_schedule", allowed.stream().distinct().toArray(String[]::new));
    if (betas.length > 0) {
      if (fields.has("num_train_timesteps") && betas.length != steps) {
        throw ConfigFields.wrong(
            "trained_betas", "as many as num_train_timesteps " + steps, betas.length);
      }
      return DiscreteSchedule.ofBetas(betas);
    }
    return switch (kind) {
      case "linear" -> DiscreteSchedule.linear(steps, first, last);
      case "scaled_linear" -> DiscreteSchedule.scaledLinear(steps, first, last);
      case "squaredcos_cap_v2" -> DiscreteSchedule.squaredCosine(steps);
      case "sigmoid" -> DiscreteSchedule.sigmoid(steps, first, last);
      case "exp" -> DiscreteSchedule.ofAlphaBar("exp", steps, share -> Math.exp(-12 * share));
      default -> DiscreteSchedule.ofAlphaBar("laplace", steps, TrainedTables::laplace);
    };
  }

  private static double laplace(double share) {
    double distance = Math.abs(0.5 - share);
    double lambda = -0.5 * Math.copySign(1, 0.5 - share) * Math.log(1 - 2 * distance + 1e-6);
    double ratio = Math.exp(lambda);
    return Math.sqrt(ratio / (1 + ratio));
  }
}
