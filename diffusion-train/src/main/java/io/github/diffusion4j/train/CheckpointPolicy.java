package io.github.diffusion4j.train;

import io.github.diffusion4j.internal.Checks;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/**
 * When a run with a folder writes checkpoints, and which it keeps.
 *
 * <p>A value: every method returns a changed copy.
 */
public final class CheckpointPolicy {

  private final int everySteps;
  private final int last;
  private final Set<Integer> kept;
  private final boolean best;

  private CheckpointPolicy(int everySteps, int last, Set<Integer> kept, boolean best) {
    this.everySteps = everySteps;
    this.last = last;
    this.kept = Collections.unmodifiableSet(new TreeSet<>(kept));
    this.best = best;
  }

  /**
   * A checkpoint after every epoch, and all are kept.
   *
   * @return the policy
   */
  public static CheckpointPolicy everyEpoch() {
    return new CheckpointPolicy(0, 0, Set.of(), false);
  }

  /**
   * This with checkpoints within epochs too, for going on alone. A later checkpoint removes them,
   * but those among the last that are kept.
   *
   * @param steps after how many steps of the run one is written, at least 1; 0 for none
   * @return the changed policy
   * @throws IllegalArgumentException if the number is below 0
   */
  public CheckpointPolicy everySteps(int steps) {
    return new CheckpointPolicy(
        Checks.atLeast(0, steps, "steps of a checkpoint"), last, kept, best);
  }

  /**
   * This with the last checkpoints kept alone, besides those of {@link #keepEpochs}.
   *
   * @param count how many, within epochs and after them together, at least 1; 0 keeps every epoch's
   *     and the very last
   * @return the changed policy
   * @throws IllegalArgumentException if the number is below 0
   */
  public CheckpointPolicy keepLast(int count) {
    return new CheckpointPolicy(
        everySteps, Checks.atLeast(0, count, "kept checkpoints"), kept, best);
  }

  /**
   * This with the checkpoints of some epochs kept in any case.
   *
   * @param epochs their numbers, from 1
   * @return the changed policy
   * @throws IllegalArgumentException if a number is below 1
   */
  public CheckpointPolicy keepEpochs(int... epochs) {
    Set<Integer> all = new TreeSet<>();
    Arrays.stream(epochs).forEach(epoch -> all.add(Checks.atLeast(1, epoch, "kept epoch")));
    return new CheckpointPolicy(everySteps, last, all, best);
  }

  /**
   * This with the checkpoint of the best epoch so far kept in any case, for {@link
   * TrainedDenoiser#openBest}: that of the least loss on the images that the data set {@linkplain
   * io.github.diffusion4j.train.data.Dataset#validatedOn holds back}.
   *
   * @return the changed policy
   */
  public CheckpointPolicy keepBest() {
    return new CheckpointPolicy(everySteps, last, kept, true);
  }

  boolean keepsBest() {
    return best;
  }

  /** Whether a checkpoint is due after a step within an epoch. */
  boolean isDue(long step) {
    return everySteps > 0 && step % everySteps == 0;
  }

  /** The files of a run that a new checkpoint, their last, makes superfluous. */
  List<CheckpointFile> superfluous(List<CheckpointFile> ordered, OptionalInt bestEpoch) {
    Set<Integer> needed = new TreeSet<>(kept);
    bestEpoch.ifPresent(epoch -> needed.addAll(best ? Set.of(epoch) : Set.of()));
    int newest = Math.max(1, last);
    return ordered.stream()
        .limit(Math.max(0, ordered.size() - newest))
        .filter(file -> !file.endsEpoch() || (last > 0 && !needed.contains(file.epoch())))
        .toList();
  }

  void putInto(Map<String, Object> settings) {
    settings.put("checkpointSteps", everySteps);
    settings.put("checkpointsKept", last);
    settings.put("epochsKept", List.copyOf(kept));
    settings.put("bestKept", best);
  }

  @Override
  public String toString() {
    return Settings.describe("CheckpointPolicy", this::putInto);
  }

  /** The policy of a checkpoint; the first format had none. */
  static CheckpointPolicy of(Settings settings) {
    if (!settings.has("checkpointSteps")) {
      return everyEpoch();
    }
    CheckpointPolicy policy =
        everyEpoch()
            .everySteps(settings.whole("checkpointSteps"))
            .keepLast(settings.whole("checkpointsKept"))
            .keepEpochs(
                settings.wholes("epochsKept").stream().mapToInt(Integer::intValue).toArray());
    return settings.has("bestKept") && settings.flag("bestKept") ? policy.keepBest() : policy;
  }
}
