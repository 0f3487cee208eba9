package io.github.diffusion4j.train;

import io.github.diffusion4j.train.torch.Batch;
import io.github.diffusion4j.train.torch.Threads;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalDouble;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A run as it is made, step by step. Safe for several threads, which take turns. */
final class RunLoop implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RunLoop.class);

  private final Run run;
  private final Loader loader;
  private final RunState state;
  private Optional<Epoch> current = Optional.empty();
  private volatile Progress progress;
  private Optional<EpochPictures> pictures = Optional.empty();

  RunLoop(Run run) {
    this.run = run;
    this.loader = new Loader(run.batches());
    this.state = new RunState(run::lastGood);
    this.progress = run.saved().map(Checkpoint::progress).orElse(Progress.NONE);
  }

  Run run() {
    return run;
  }

  /** How far it has come, but for the epoch that has not ended. */
  Progress progress() {
    return progress;
  }

  synchronized boolean hasNextEpoch() {
    state.check();
    endEpoch();
    return !progress.isOver(run.training());
  }

  /** Ends the epoch, also one that has all its steps and could not be ended in another process. */
  private void endEpoch() {
    int made = progress.epoch().steps();
    boolean isLast = progress.isEnded() || made == run.batches().count();
    if (current.isEmpty() && made > 0 && isLast) {
      begin();
    }
    current.ifPresent(Epoch::end);
  }

  synchronized Epoch nextEpoch() {
    if (!hasNextEpoch()) {
      throw new NoSuchElementException("the run has ended after " + progress.epochs() + " epochs");
    }
    state.guard(() -> run.beginEpoch(progress.epochs() + 1, progress.steps()));
    return begin();
  }

  private Epoch begin() {
    Epoch epoch = run.epoch(this, progress.epochs() + 1, progress.epoch());
    current = Optional.of(epoch);
    return epoch;
  }

  synchronized TrainingStep step(Epoch epoch, int[] order, int index) {
    state.check();
    return state.alone(() -> make(epoch, order, index));
  }

  private TrainingStep make(Epoch epoch, int[] order, int index) {
    Threads.use(run.training().threads());
    long number = progress.steps() + 1;
    double share = (double) index / epoch.steps();
    double rate = TrainingSettings.rate(run.training(), number, epoch.number(), share);
    Batch batch = loader.batch(order, index, number);
    double loss =
        state.step(
            number,
            () ->
                run.engine().step(batch, rate, Randomness.noiseSeed(run.training().seed(), number)),
            () -> current.filter(e -> e.begun().steps() > 0).ifPresent(e -> write()));
    if (!Double.isFinite(loss)) {
      throw state.set(
          "loss is %s at step %d (step %d of epoch %d)"
              .formatted(loss, number, index + 1, epoch.number()));
    }
    progress = progress.steps(number);
    TrainingStep step = new TrainingStep(number, index + 1, epoch.steps(), rate, loss);
    state.guard(() -> run.folder().ifPresent(f -> f.log(step, epoch.number())));
    return step;
  }

  /** A step has been made that did not end its epoch. */
  synchronized void within(TrainingStep step) {
    if (run.training().checkpoints().isDue(step.number())) {
      write();
    }
  }

  /** An epoch has ended: what is to be known of it is written. */
  synchronized OptionalDouble ended(Epoch epoch) {
    OptionalDouble validation =
        state.alone(() -> state.shared(run.group(), () -> run.validate(progress), this::write));
    if (!Double.isFinite(validation.orElse(0))) {
      throw state.set(
          "the loss on the images held back is %s after step %d"
              .formatted(validation.getAsDouble(), progress.steps()));
    }
    progress = progress.ended(epoch.meanLoss(), validation);
    current = Optional.empty();
    write();
    return validation;
  }

  /** Ends the run, with an epoch of which steps have been made, and writes so. */
  synchronized void end() {
    state.check();
    progress = progress.ended();
    if (progressNow().epoch().steps() > 0) {
      endEpoch();
    } else {
      current.ifPresent(Epoch::leave);
      current = Optional.empty();
      if (progress.steps() > 0) {
        write();
      }
    }
  }

  /** Draws pictures after each epoch from now on, on worker 0. */
  synchronized void draw(EpochPictures asked) {
    state.check();
    checkHasFolder("draws nothing");
    if (run.folder().isPresent()) {
      try (TrainedDenoiser now = denoiser()) {
        state.aside(() -> asked.check(now));
      }
      int last = progress.epochs();
      tried(last, () -> run.folder().ifPresent(f -> f.reports().drawIfMissing(asked, last)));
      pictures = Optional.of(asked);
    }
  }

  /** Draws what an epoch that has ended and been written has taught. */
  synchronized void drawEpoch(int epoch) {
    pictures.ifPresent(asked -> tried(epoch, () -> draw(asked, epoch)));
  }

  private void draw(EpochPictures asked, int epoch) {
    try (TrainedDenoiser now = run.denoiser(progressNow())) {
      run.folder().ifPresent(f -> f.reports().draw(asked, now, epoch));
    }
  }

  /** Draws, if it can be done: a run is worth more than its pictures. */
  private void tried(int epoch, Runnable drawing) {
    try {
      state.aside(drawing);
    } catch (RuntimeException e) {
      LOG.warn("epoch {} cannot be drawn", epoch, e);
    }
  }

  private void checkHasFolder(String without) {
    if (run.folder().isEmpty() && run.batches().workers().size() == 1) {
      throw new IllegalStateException("the run " + without + ": start it with a folder");
    }
  }

  /** Writes a checkpoint of a run that has a folder, on some worker. */
  synchronized void save() {
    state.check();
    checkHasFolder("keeps no checkpoints");
    if (progress.steps() > 0) {
      write();
    }
  }

  private void write() {
    Optional<String> wrong = run.engine().notFinite();
    if (wrong.isPresent()) {
      throw state.set(wrong.get() + " is not finite after step " + progress.steps());
    }
    state.guard(() -> run.folder().ifPresent(f -> f.save(run.checkpoint(progressNow()))));
  }

  /** How far it has come, with the steps of an epoch that has not ended. */
  private Progress progressNow() {
    return current.map(Epoch::begun).map(progress::within).orElse(progress);
  }

  synchronized TrainedDenoiser denoiser() {
    state.check();
    return run.denoiser(progressNow());
  }

  @Override
  public synchronized void close() {
    if (state.close()) {
      loader.close();
      run.close();
    }
  }
}
