package io.github.diffusion4j.samples.partb;

import io.github.diffusion4j.train.CheckpointPolicy;
import io.github.diffusion4j.train.Epoch;
import io.github.diffusion4j.train.Precision;
import io.github.diffusion4j.train.Trainer;
import io.github.diffusion4j.train.Training;
import io.github.diffusion4j.train.TrainingStep;
import io.github.diffusion4j.train.UNet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Makes a run of the course's part B by its name, or goes on with it where its folder has a
 * checkpoint. {@link RecordCourse} turns the folder into a record.
 */
@Command(
    name = "TrainCourse",
    description = "Makes a run of the course's part B, or goes on with it.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class TrainCourse implements Callable<Integer> {

  private static final int STEPS_BETWEEN_LINES = 10;

  @Mixin private CourseOptions options;

  @Option(names = "--width", description = "Another D than the run's.")
  private Optional<Integer> width = Optional.empty();

  @Option(names = "--threads", description = "LibTorch threads; 0 leaves the choice to LibTorch.")
  private int threads;

  @Option(names = "--precision", description = "One of ${COMPLETION-CANDIDATES}.")
  private Precision precision = Precision.FLOAT32;

  @Option(names = "--seed", description = "The seed of the run.")
  private long seed;

  @Option(names = "--checkpoint", description = "Steps between checkpoints within an epoch.")
  private int checkpointSteps = 50;

  public static void main(String[] args) {
    System.exit(new CommandLine(new TrainCourse()).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    CourseRun run = options.run();
    Path folder = options.folder();
    CheckpointPolicy policy =
        CheckpointPolicy.everyEpoch()
            .everySteps(checkpointSteps)
            .keepLast(1)
            .keepEpochs(run.shown().stream().mapToInt(Integer::intValue).toArray());
    UNet network = run.network(width.orElse(run.width()));
    Training training =
        run.training().seed(seed).threads(threads).precision(precision).checkpoints(policy);
    try (Trainer trainer = Trainer.startOrResume(network, training, options.train(), folder)) {
      train(trainer);
    }
    return 0;
  }

  /** Trains to the end of the run. */
  static void train(Trainer trainer) {
    for (Epoch epoch : trainer) {
      for (TrainingStep step : epoch) {
        if (step.index() % STEPS_BETWEEN_LINES == 0 || step.index() == step.steps()) {
          System.out.printf(
              Locale.ROOT,
              "epoch %d step %d/%d loss %.4f mean %.4f%n",
              epoch.number(),
              step.index(),
              step.steps(),
              step.loss(),
              epoch.meanLoss());
        }
      }
    }
  }
}
