package io.github.diffusion4j.train;

import io.github.diffusion4j.train.data.Dataset;
import io.github.diffusion4j.train.net.Network;
import io.github.diffusion4j.train.torch.Engine;
import io.github.diffusion4j.train.torch.Group;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

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

  /**
   * What a run looks at.
   *
   * @param batches its batches
   * @param about what checkpoints tell of the data, whose hash may take a look at every image
   */
  record Plan(Batches batches, Map<String, Object> about) {

    Plan(Batches batches) {
      this(batches, Checkpoint.about(batches.data()));
    }
  }

  /** A new run. */
  static Run start(
      Network network, Training training, Dataset data, Optional<Path> folder, Workers workers) {
    return orClose(
        Group.connect(workers.settings()),
        group -> {
          Plan plan =
              group.attempt(
                  "the settings and the data",
                  () -> {
                    folder.ifPresent(f -> Checkpoint.checkReadable(network, training));
                    return new Plan(new Batches(network, training, data, workers));
                  });
          Agreement.check(group, plan.batches(), plan.about());
          Supplier<Optional<RunFolder>> files =
              () -> folder.filter(f -> group.rank() == 0).map(f -> RunFolder.create(f, training));
          return open(plan, group, files, Optional.empty());
        });
  }

  /** A run from a checkpoint, which worker 0 reads and tells the others. */
  static Run resume(
      Path checkpoint, Dataset data, UnaryOperator<Checkpoint> change, Workers workers) {
    return orClose(
        Group.connect(workers.settings()),
        group -> {
          Optional<Path> file =
              group.attempt(
                  "the checkpoint's place",
                  () ->
                      Optional.of(checkpoint)
                          .filter(f -> group.rank() == 0)
                          .map(RunFolder::checkpoint));
          Optional<Checkpoint> read =
              group.attempt("the checkpoint", () -> file.map(Checkpoint::read).map(change));
          String header = read.map(saved -> Settings.write(saved.metadata())).orElse("");
          String told = group.exchange("the checkpoint's header", header).get(0);
          Checkpoint saved = read.orElseGet(() -> Checkpoint.told(told));
          Plan plan =
              group.attempt(
                  "the data",
                  () -> {
                    Map<String, Object> about = Checkpoint.about(data);
                    saved.checkData(about);
                    return new Plan(
                        new Batches(saved.network(), saved.training(), data, workers), about);
                  });
          Agreement.check(group, plan.batches(), plan.about());
          return open(
              plan, group, () -> file.map(f -> RunFolder.resume(f, saved)), Optional.of(saved));
        });
  }

  private static Run open(
      Plan plan, Group group, Supplier<Optional<RunFolder>> files, Optional<Checkpoint> saved) {
    Supplier<Run> opening =
        () ->
            orClose(
                engine(plan.batches(), group),
                engine -> new Run(plan, group, engine, files.get(), saved));
    return orClose(
        group.attempt("the network and the folder", opening),
        run -> {
          saved
              .filter(checkpoint -> group.rank() == 0)
              .ifPresent(
                  checkpoint -> run.engine.restore(checkpoint.tensors(), checkpoint.steps()));
          run.engine.follow(saved.map(Checkpoint::steps).orElse(0L));
          return run;
        });
  }

  private static Engine engine(Batches batches, Group group) {
    Training training = batches.training();
    Engine.useThreads(training.threads());
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

  /** The network of a checkpoint, where the run computes. */
  TrainedDenoiser denoiser(Checkpoint checkpoint) {
    return TrainedDenoiser.of(checkpoint, batches().workers().localRank());
  }

  /** Waits for all workers to begin an epoch, after the same step. */
  void beginEpoch(int number, long steps) {
    Agreement.beginEpoch(group, number, steps);
  }

  Epoch epoch(Trainer trainer, int number, Epoch.Progress begun) {
    return new Epoch(trainer, number, batches().count(), batches().order(number), begun);
  }

  /** The run as it is after some steps. */
  Checkpoint checkpoint(long steps, List<Double> epochLosses, Epoch.Progress progress) {
    return new Checkpoint(
        batches().network(),
        training(),
        plan.about(),
        steps,
        List.copyOf(epochLosses),
        progress.steps(),
        progress.lossSum(),
        engine.state());
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
