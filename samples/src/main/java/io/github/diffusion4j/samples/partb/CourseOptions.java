package io.github.diffusion4j.samples.partb;

import io.github.diffusion4j.train.data.Dataset;
import io.github.diffusion4j.train.data.Mnist;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** What the commands about runs of part B share: the run, its folder and MNIST. */
final class CourseOptions {

  @Option(names = "--name", required = true, description = "The run's name.")
  private String name = "";

  @Option(names = "--folder", required = true, description = "The folder of its checkpoints.")
  private Path folder = Path.of("run");

  @Option(names = "--data", description = "The folder of the MNIST files.")
  private Path data = Path.of("samples/data/mnist");

  CourseRun run() {
    return CourseRun.named(name);
  }

  Path folder() {
    return folder;
  }

  Dataset train() throws IOException {
    return Mnist.train(data);
  }

  Dataset test() throws IOException {
    return Mnist.test(data);
  }
}
