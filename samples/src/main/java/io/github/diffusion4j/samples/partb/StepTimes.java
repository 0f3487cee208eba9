package io.github.diffusion4j.samples.partb;

import io.github.diffusion4j.train.Epoch;
import io.github.diffusion4j.train.Precision;
import io.github.diffusion4j.train.ResidualUNet;
import io.github.diffusion4j.train.Trainer;
import io.github.diffusion4j.train.Training;
import io.github.diffusion4j.train.TrainingStep;
import io.github.diffusion4j.train.UNet;
import io.github.diffusion4j.train.UNet.TimeEffect;
import io.github.diffusion4j.train.Workers;
import io.github.diffusion4j.train.data.Dataset;
import io.github.diffusion4j.train.data.Mnist;
import io.github.diffusion4j.train.net.Network;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;

/**
 * Measures what a step of training takes, on demand: each line of the standard input is a number of
 * steps, answered by the milliseconds that each took and the loss of the last. {@code
 * docs/benchmark/against_pytorch.py} asks it in turns with PyTorch, {@code workers.py} one process
 * in turns with several, which are told their place as in {@link Workers#fromEnvironment()}.
 *
 * <p>Its arguments: the folder of the MNIST files, D, the batch, the threads of the engine, the
 * precision, and perhaps {@code residual} for a residual network that is told the time alone.
 */
final class StepTimes {

  private StepTimes() {}

  private static Network network(String[] args) {
    int width = Integer.parseInt(args[1]);
    return args.length > 5
        ? ResidualUNet.of(width, 1, 2, 2).blocks(1).time()
        : UNet.width(width).time(TimeEffect.SCALE).classes(10);
  }

  private static Trainer start(Network network, Training training, Dataset digits)
      throws IOException {
    if (System.getenv("WORLD_SIZE") == null) {
      return Trainer.start(network, training, digits);
    }
    Path folder = Files.createTempDirectory("steps");
    return Trainer.start(network, training, digits, folder, Workers.fromEnvironment());
  }

  public static void main(String[] args) throws IOException {
    Network network = network(args);
    Training training =
        Training.flowMatching()
            .batch(Integer.parseInt(args[2]))
            .threads(Integer.parseInt(args[3]))
            .precision(Precision.valueOf(args[4]));
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (Trainer trainer = start(network, training, Mnist.train(Path.of(args[0])))) {
      Iterator<Epoch> epochs = trainer.iterator();
      Iterator<TrainingStep> steps = epochs.next().iterator();
      for (String order = orders.readLine(); order != null; order = orders.readLine()) {
        int count = Integer.parseInt(order.strip());
        double loss = 0;
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
          if (!steps.hasNext()) {
            steps = epochs.next().iterator();
          }
          loss = steps.next().loss();
        }
        System.out.println((System.nanoTime() - start) / 1e6 / count + " " + loss);
      }
    }
  }
}
