package io.github.diffusion4j.samples.partb;

import io.github.diffusion4j.train.TrainedDenoiser;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes the record of a run of the course's part B from the folder that it was made in. */
@Command(
    name = "RecordCourse",
    description = "Writes settings, losses and pictures of a run of the course's part B.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class RecordCourse implements Callable<Integer> {

  @Mixin private CourseOptions options;

  @Option(names = "--records", description = "The folder of all records.")
  private Path records = Path.of("samples/runs");

  @Option(names = "--onnx", description = "Where to write the network, for EvaluateDigits.")
  private Optional<Path> onnx = Optional.empty();

  @Option(names = "--judge", description = "The classifier of digits, for runs told classes.")
  private Path judge = Path.of("samples/models/judge.onnx");

  @Option(names = "--gif", description = "Also the digits on their way out of the noise.")
  private boolean isAnimated;

  public static void main(String[] args) {
    System.exit(new CommandLine(new RecordCourse()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    CourseRun run = options.run();
    Path folder = options.folder();
    Path record = records.resolve(run.name());
    RunRecord.write(
        run, folder, options.train(), options.test(), record, isAnimated, Optional.of(judge));
    if (onnx.isPresent()) {
      try (TrainedDenoiser denoiser = TrainedDenoiser.open(folder)) {
        denoiser.exportOnnx(onnx.get());
      }
    }
    System.out.println("Wrote " + record);
    return 0;
  }
}
