package io.github.diffusion4j.train;

import io.github.diffusion4j.train.data.Dataset;
import io.github.diffusion4j.train.net.Network;
import io.github.diffusion4j.train.parameters.Values;
import io.github.diffusion4j.train.torch.Engine;
import io.github.diffusion4j.train.torch.Group;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a run works with, from its first step or from a checkpoint.
 *
 * @param plan what it looks at
 * @param group the workers that train together
 * @param engine what trains
 * @param folder where it writes, on worker 0
 * @param saved where it goes on, if it has begun before; with tensors on worker 0 alone
 */
record Run(
    Plan plan, Group group, Engine engine, Optional<RunFolder> folder, Optional<Checkpoint> saved)
    implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Run.class);

  /**
   * What a run looks at.
   *
   * @param batches its batches
   * @param about what checkpoints tell of the data, whose hash may take a look at every image
   * @param provenance what they tell of the network
   */
  record Plan(Batches batches, Map<String, Object> about, Provenance provenance) {

    Checkpoint checkpoint(Progress progress, Map<String, Values> tensors) {
      return new Checkpoint(
          batches.network(), batches.training(), about, provenance, progress, tensors);
    }
  }

  /** What a program asks of a new run. */
  private record Asked(Network network, Training training, Dataset data, Workers workers) {

    Asked {
      Objects.requireNonNull(network, "network");
      Objects.requireNonNull(training, "training");
      Objects.requireNonNull(data, "data");
      Objects.requireNonNull(workers, "workers");
    }
  }

  private static Batches batches(
      Network network, Training training, Dataset data, Workers workers) {
    return Validation.checked(new Batches(network, training, data, workers));
  }

  /** A new run. */
  static Run start(
      Network network,
      Training training,
      Dataset data,
      Optional<Path> folder,
      Workers workers,
      Initial initial) {
    Asked asked = new Asked(network, training, data, workers);
    return orClose(
        Group.connect(workers.settings()),
        group -> {
          Agreement.beginRun(group, "start");
          return start(group, asked, folder, initial);
        });
  }

  private static Run start(Group group, Asked asked, Optional<Path> folder, Initial initial) {
    Training training = asked.training();
    Plan plan =
        group.attempt(
            "the settings and the data",
            () -> {
              folder.ifPresent(f -> Checkpoint.checkReadable(asked.network(), training));
              Batches batches = batches(asked.network(), training, asked.data(), asked.workers());
              Fit.checkIsWorthBeginning(batches);
              return new Plan(
                  batches, Checkpoint.about(asked.data()), Provenance.here(initial.origin()));
            });
    Agreement.check(group, plan.batches(), plan.about());
    Supplier<Optional<RunFolder>> files =
        () ->
            folder
                .filter(f -> group.rank() == 0)
                .map(f -> RunFolder.create(f, plan.checkpoint(Progress.NONE, Map.of())));
    return open(plan, group, files, Optional.empty(), initial::restore);
  }

  /** A run from a checkpoint, which worker 0 reads and tells the others. */
  static Run resume(Path checkpoint, Dataset data, Workers workers) {
    Objects.requireNonNull(checkpoint, "checkpoint");
    Objects.requireNonNull(data, "data");
    Objects.requireNonNull(workers, "workers");
    return orClose(
        Group.connect(workers.settings()),
        group -> {
          Agreement.beginRun(group, "resume");
          return resume(group, checkpoint, data, workers, UnaryOperator.identity());
        });
  }

  /** The run that worker 0's folder holds, if there is one there, else a new one. */
  static Run startOrResume(
      Network network,
      Training training,
      Dataset data,
      Path folder,
      Workers workers,
      Initial initial) {
    Objects.requireNonNull(folder, "folder");
    Asked asked = new Asked(network, training, data, workers);
    return orClose(
        Group.connect(workers.settings()),
        group -> {
          Agreement.beginRun(group, "start or resume");
          boolean own =
              group.attempt("the folder", () -> group.rank() == 0 && Checkpoints.areIn(folder));
          String first = group.exchange("whether there is a checkpoint", "" + own).get(0);
          String where = group.rank() == 0 ? "folder " + folder : "the folder of worker 0";
          UnaryOperator<Checkpoint> same =
              saved -> {
                if (group.rank() == 0) { // whose parameters the others begin with
                  saved.provenance().checkOrigin(initial.origin(), where);
                }
                return saved.as(network, training, where);
              };
          return Boolean.parseBoolean(first)
              ? resume(group, folder, data, workers, same)
              : start(group, asked, Optional.of(folder), initial);
        });
  }

  private static Run resume(
      Group group,
      Path checkpoint,
      Dataset data,
      Workers workers,
      UnaryOperator<Checkpoint> expected) {
    Optional<Path> file =
        group.attempt(
            "the checkpoint's place",
            () -> Optional.of(checkpoint).filter(f -> group.rank() == 0).map(Checkpoints::last));
    Optional<Checkpoint> read =
        group.attempt("the checkpoint", () -> file.map(f -> Checkpoints.read(f, checkpoint)));
    String header = read.map(saved -> Settings.write(saved.metadata())).orElse("");
    String told = group.exchange("the checkpoint's header", header).get(0);
    Checkpoint saved =
        group.attempt(
            "the settings", () -> expected.apply(read.orElseGet(() -> Checkpoint.told(told))));
    Plan plan =
        group.attempt(
            "the data",
            () -> {
              Map<String, Object> about = Checkpoint.about(data);
              saved.checkData(about);
              Batches batches = batches(saved.network(), saved.training(), data, workers);
              return new Plan(batches, about, saved.provenanceHere());
            });
    Agreement.check(group, plan.batches(), plan.about());
    return open(
        plan,
        group,
        () -> file.map(f -> RunFolder.resume(f, plan.checkpoint(saved.progress(), Map.of()))),
        Optional.of(saved),
        engine -> engine.restore(saved.tensors(), saved.progress().steps()));
  }

  private static Run open(
      Plan plan,
      Group group,
      Supplier<Optional<RunFolder>> files,
      Optional<Checkpoint> saved,
      Consumer<Engine> restoring) {
    Supplier<Run> opening =
        () ->
            orClose(
                engine(plan.batches(), group),
                engine -> new Run(plan, group, engine, files.get(), saved));
    return orClose(
        group.attempt("the network and the folder", opening),
        run -> {
          if (group.rank() == 0) {
            restoring.accept(run.engine);
          }
          run.engine.follow(saved.map(Checkpoint::progress).orElse(Progress.NONE).steps());
          return run;
        });
  }

  private static Engine engine(Batches batches, Group group) {
    Training training = batches.training();
    if (training.precision() == Precision.BFLOAT16
        && training.device() == Device.CPU
        && !Processor.here().hasBfloat16().orElse(true)) {
      LOG.warn(
          "the flags of this processor do not tell of bfloat16, which may be slower than float32 on it");
    }
    return Engine.training(
        batches.network(),
        TrainingSettings.compute(training).on(batches.workers().localRank()),
        training.seed(),
        training.optimiser().rule(),
        group);
  }

  private static <T extends AutoCloseable> Run orClose(T resource, Function<T, Run> work) {
    try {
      return work.apply(resource);
    } catch (RuntimeException | Error e) {
      try {
        resource.close();
      } catch (Exception closing) {
        e.addSuppressed(closing);
      }
      throw e;
    }
  }

  Batches batches() {
    return plan.batches();
  }

  Training training() {
    return batches().training();
  }

  /** The network as it is, having come so far, where the run computes. */
  TrainedDenoiser denoiser(Progress progress) {
    Checkpoint network = plan.checkpoint(progress, engine.predictingState());
    return TrainedDenoiser.of(network, batches().workers().localRank(), training().threads());
  }

  /** Waits for all workers to begin an epoch, after the same step. */
  void beginEpoch(int number, long steps) {
    Agreement.beginEpoch(group, number, steps);
  }

  Epoch epoch(RunLoop loop, int number, Epoch.Begun begun) {
    return new Epoch(loop, number, batches().count(), batches().order(number), begun);
  }

  /** The run as it is, having come so far. */
  Checkpoint checkpoint(Progress progress) {
    return plan.checkpoint(progress, engine.state());
  }

  /** The loss on the images held back, if there are any, of worker 0 for all. */
  OptionalDouble validate(Progress progress) {
    Optional<Dataset> heldBack = batches().data().heldBack();
    if (heldBack.isEmpty()) {
      return OptionalDouble.empty();
    }
    String subject = "the images held back, after epoch " + (progress.epochs() + 1);
    String own =
        group.attempt(
            subject, () -> group.rank() == 0 ? "" + loss(progress, heldBack.get()) : "none");
    String first = group.exchange("the loss on " + subject, own).get(0);
    return OptionalDouble.of(Double.parseDouble(first));
  }

  private double loss(Progress progress, Dataset images) {
    try (TrainedDenoiser now = denoiser(progress)) {
      return now.loss(images);
    }
  }

  /** Which checkpoint there is, for messages. */
  String lastGood() {
    return folder
        .map(RunFolder::lastGood)
        .orElse(
            group.rank() == 0
                ? "the run keeps no checkpoints"
                : "worker 0 has the checkpoints, if the run keeps any");
  }

  @Override
  public void close() {
    try (group;
        engine) {
      folder.ifPresent(RunFolder::close);
    }
  }
}
