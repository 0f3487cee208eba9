package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;

/**
 * What a class of diffusers comes to.
 *
 * @param schedule the levels
 * @param prediction what the network predicts
 * @param spacing the places
 * @param scheduler the method
 * @param correction what is done to every estimate
 */
record Configured(
    NoiseSchedule schedule,
    PredictionType prediction,
    Spacing spacing,
    Scheduler scheduler,
    UnaryOperator<Guidance> correction) {

  Configured correcting(UnaryOperator<Guidance> other) {
    return new Configured(schedule, prediction, spacing, scheduler, other);
  }

  /** A configuration and the arguments of its methods, as they are read. */
  record Source(String name, ConfigFields fields, ConfigFields arguments) {

    /** The places of a number of steps, which is at most that of the training. */
    Spacing spacing(int most, IntFunction<Timeline> maker) {
      return new ConfiguredSpacing(
          text(), OptionalInt.empty(), n -> maker.apply(Checks.inRange(1, most, n, "steps")));
    }

    /** The places of a list. */
    Spacing listed(int steps, Timeline timeline) {
      return new ConfiguredSpacing(
          text(),
          OptionalInt.of(steps),
          n -> {
            Checks.require(
                n == steps, () -> "a list of " + steps + " steps makes as many, got " + n);
            return timeline;
          });
    }

    /** All that was given, for the settings of a request. */
    private String text() {
      String given = name + fields;
      return arguments.isEmpty() ? given : given + arguments;
    }

    /** What most classes can be told that the network predicts. */
    PredictionType prediction() {
      return prediction("epsilon", "sample", "v_prediction");
    }

    PredictionType prediction(String... allowed) {
      return switch (fields.choice("prediction_type", allowed)) {
        case "epsilon" -> PredictionType.EPSILON;
        case "sample" -> PredictionType.CLEAN;
        case "v_prediction" -> PredictionType.VELOCITY;
        default -> PredictionType.FLOW;
      };
    }

    /** Euler's method, churned if the arguments say so. */
    Scheduler euler(PredictionType prediction) {
      Churn churn =
          new Churn(
              arguments.number("s_churn", 0),
              arguments.number("s_tmin", 0),
              arguments.number("s_tmax", Double.POSITIVE_INFINITY));
      double noise = arguments.number("s_noise", 1);
      return churn.amount() == 0 ? Scheduler.ddim() : new ChurnedEuler(prediction, churn, noise);
    }

    /** Dynamic thresholding, or none. */
    UnaryOperator<Guidance> thresholding() {
      double ratio = fields.number("dynamic_thresholding_ratio", 0.995);
      double most = fields.number("sample_max_value", 1);
      return fields.flag("thresholding", false)
          ? checked(guidance -> guidance.thresholded(ratio, most))
          : UnaryOperator.identity();
    }

    /** Clamping, or none. */
    UnaryOperator<Guidance> clamping(boolean otherwise) {
      double range = fields.number("clip_sample_range", 1);
      return fields.flag("clip_sample", otherwise)
          ? checked(guidance -> guidance.clamped(-range, range))
          : UnaryOperator.identity();
    }

    /** Dynamic thresholding, else clamping, else nothing. */
    UnaryOperator<Guidance> thresholdingOrClamping(boolean clamps) {
      UnaryOperator<Guidance> clamping = clamping(clamps);
      UnaryOperator<Guidance> thresholding = thresholding();
      return fields.flag("thresholding", false) ? thresholding : clamping;
    }

    /** Values out of range are told here, by trying the change on a guidance. */
    private static UnaryOperator<Guidance> checked(UnaryOperator<Guidance> change) {
      Objects.requireNonNull(change.apply(Guidance.of(Conditioning.none())));
      return change;
    }
  }
}
