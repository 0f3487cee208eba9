package io.github.diffusion4j.train;

import io.github.diffusion4j.internal.Checks;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * How far a run has come.
 *
 * @param steps the number of steps made
 * @param epochLosses the mean loss of each epoch that has ended
 * @param validationLosses the loss on the images held back after each of them; none where none are
 * @param epoch how far the epoch has come that has not
 * @param isEnded whether the program ended the run
 */
record Progress(
    long steps,
    List<Double> epochLosses,
    List<Double> validationLosses,
    Epoch.Begun epoch,
    boolean isEnded) {

  private static final String ENDED = "ended";

  /** That of a run before its first step. */
  static final Progress NONE = new Progress(0, List.of(), List.of(), Epoch.Begun.NONE, false);

  /** The number of epochs that have ended. */
  int epochs() {
    return epochLosses.size();
  }

  /** This after so many steps. */
  Progress steps(long made) {
    return new Progress(made, epochLosses, validationLosses, epoch, isEnded);
  }

  /** This with an epoch that has come so far. */
  Progress within(Epoch.Begun begun) {
    return new Progress(steps, epochLosses, validationLosses, begun, isEnded);
  }

  /** This with one more epoch that has ended. */
  Progress ended(double epochLoss, OptionalDouble validationLoss) {
    List<Double> validations =
        validationLoss.isPresent()
            ? with(validationLosses, validationLoss.getAsDouble())
            : validationLosses;
    return new Progress(
        steps, with(epochLosses, epochLoss), validations, Epoch.Begun.NONE, isEnded);
  }

  /** This of a run that is not gone on with. */
  Progress ended() {
    return new Progress(steps, epochLosses, validationLosses, epoch, true);
  }

  private static List<Double> with(List<Double> losses, double one) {
    List<Double> all = new ArrayList<>(losses);
    all.add(one);
    return List.copyOf(all);
  }

  /** The first epoch of the least loss on the images held back, if there are any. */
  OptionalInt bestEpoch() {
    int best = 0;
    for (int i = 1; i < validationLosses.size(); i++) {
      if (validationLosses.get(i) < validationLosses.get(best)) {
        best = i;
      }
    }
    return validationLosses.isEmpty() ? OptionalInt.empty() : OptionalInt.of(best + 1);
  }

  /**
   * Whether all epochs have ended, or as many as there is patience for have been no better, or the
   * program ended the run.
   */
  boolean isOver(Training training) {
    int best = bestEpoch().orElse(epochs());
    return isEnded
        || epochs() >= training.epochs()
        || (training.patience() > 0 && epochs() - best >= training.patience());
  }

  void putInto(Map<String, String> metadata) {
    metadata.put("steps", Long.toString(steps));
    metadata.put("epochLosses", Settings.write(epochLosses));
    if (!validationLosses.isEmpty()) {
      metadata.put("validationLosses", Settings.write(validationLosses));
    }
    metadata.put("epochSteps", Integer.toString(epoch.steps()));
    metadata.put("epochLossSum", Settings.write(epoch.lossSum()));
    if (isEnded) {
      metadata.put(ENDED, "true");
    }
  }

  /**
   * That of a checkpoint, which the first format had at the ends of epochs alone.
   *
   * @throws IllegalArgumentException if something is missing or not a number
   */
  static Progress of(Map<String, String> metadata, boolean isFirstFormat) {
    return new Progress(
        Settings.of(metadata, "steps").count(),
        Settings.of(metadata, "epochLosses").losses(),
        metadata.containsKey("validationLosses")
            ? Settings.of(metadata, "validationLosses").losses()
            : List.of(),
        isFirstFormat
            ? Epoch.Begun.NONE
            : new Epoch.Begun(
                Math.toIntExact(Settings.of(metadata, "epochSteps").count()),
                Settings.of(metadata, "epochLossSum").number()),
        metadata.getOrDefault(ENDED, "false").equals("true"));
  }

  /**
   * Checks that a run can have come so far. Epochs may be left early, so there can be fewer steps
   * than they have, but not more.
   *
   * @throws IllegalArgumentException if it cannot
   */
  void check(Training training, int images) {
    int done = Checks.inRange(0, training.epochs(), epochs(), "number of epochLosses");
    Checks.require(
        validationLosses.isEmpty() || validationLosses.size() == done,
        () -> "validationLosses must be those of " + done + " epochs, got " + validationLosses);
    int each = (images + training.batch() - 1) / training.batch();
    // All of them where the images held back could not be asked.
    Checks.inRange(0, done < training.epochs() ? each : 0, epoch.steps(), "epochSteps");
    long most = (long) done * each + epoch.steps();
    Checks.require(
        steps <= most,
        () ->
            "steps must be at most "
                + most
                + " after "
                + done
                + " epochs"
                + (epoch.steps() == 0 ? "" : " and " + epoch.steps() + " steps")
                + ", got "
                + steps);
    Checks.require(steps >= epoch.steps(), () -> "steps must be at least epochSteps, got " + steps);
  }
}
