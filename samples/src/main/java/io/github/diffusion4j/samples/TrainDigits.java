package io.github.diffusion4j.samples;

import io.github.diffusion4j.Sampling;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.image.ImageGrid;
import io.github.diffusion4j.train.Epoch;
import io.github.diffusion4j.train.RateSchedule;
import io.github.diffusion4j.train.TrainedDenoiser;
import io.github.diffusion4j.train.Trainer;
import io.github.diffusion4j.train.Training;
import io.github.diffusion4j.train.TrainingStep;
import io.github.diffusion4j.train.UNet;
import io.github.diffusion4j.train.UNet.TimeEffect;
import io.github.diffusion4j.train.data.Dataset;
import io.github.diffusion4j.train.data.FashionMnist;
import io.github.diffusion4j.train.data.Mnist;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Trains the course's flow-matching UNet on MNIST or Fashion-MNIST and exports it to ONNX. */
@Command(
    name = "TrainDigits",
    description =
        "Trains the course's flow-matching UNet on MNIST or Fashion-MNIST and exports it to ONNX.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class TrainDigits implements Callable<Integer> {

  private static final int ROWS = 4;
  private static final double GUIDANCE = 5;

  /** What the network is told. */
  enum Form {
    UNCONDITIONAL,
    TIME,
    CLASS
  }

  /** What it is trained on. */
  enum Images {
    MNIST,
    FASHION_MNIST
  }

  @Option(names = "--form", description = "What the network is told: ${COMPLETION-CANDIDATES}.")
  private Form form = Form.CLASS;

  @Option(names = "--width", description = "D, the number of features of the outermost layers.")
  private int width = 64;

  @Option(names = "--epochs", description = "How often every image is seen.")
  private int epochs = 10;

  @Option(names = "--batch", description = "The number of images in a step.")
  private int batch = 64;

  @Option(names = "--rate", description = "The learning rate of the first epoch.")
  private double rate = 1e-2;

  @Option(names = "--final-rate", description = "The share of the rate after the last epoch.")
  private double finalRateShare = 0.1;

  @Option(names = "--dropout", description = "How often the class is dropped.")
  private double dropout = 0.1;

  @Option(names = "--seed", description = "The seed of the run.")
  private long seed;

  @Option(names = "--threads", description = "LibTorch threads; 0 leaves LibTorch's own choice.")
  private int threads;

  @Option(names = "--images", description = "One of ${COMPLETION-CANDIDATES}.")
  private Images images = Images.MNIST;

  @Option(names = "--data", description = "The folder of its files; downloaded once if not given.")
  private Optional<Path> data = Optional.empty();

  @Option(
      names = "--run",
      description = "The folder for checkpoints, losses and pictures; goes on from them.")
  private Path run = Path.of("digits-run");

  @Option(names = "--onnx", description = "Where to write the exported model.")
  private Path onnx = Path.of("digits.onnx");

  public static void main(String[] args) {
    System.exit(new CommandLine(new TrainDigits()).execute(args));
  }

  @Override
  public Integer call() {
    Dataset shown =
        switch (images) {
          case MNIST -> data.map(Mnist::train).orElseGet(Mnist::train);
          case FASHION_MNIST -> data.map(FashionMnist::train).orElseGet(FashionMnist::train);
        };
    try (Trainer trainer = Trainer.startOrResume(network(), training(), shown, run)) {
      trainer.drawEpochs(request(), ImageGrid.columns(Digits.CLASSES));
      train(trainer);
      try (TrainedDenoiser denoiser = trainer.denoiser()) {
        denoiser.exportOnnx(onnx);
      }
    }
    System.out.println("Wrote " + onnx);
    return 0;
  }

  private UNet network() {
    UNet net = UNet.width(width);
    return switch (form) {
      case UNCONDITIONAL -> net;
      case TIME -> net.time(TimeEffect.SCALE);
      case CLASS -> net.time(TimeEffect.SCALE).classes(Digits.CLASSES);
    };
  }

  /** Four images of each class, of any where the network is not told it. */
  private Sampling request() {
    int[] rows = Digits.rows(Digits.all(), ROWS);
    return form == Form.CLASS
        ? Digits.request(rows, GUIDANCE)
        : Sampling.fromNoise(Shape.images(rows.length, 1, 28, 28));
  }

  private Training training() {
    return Training.flowMatching()
        .epochs(epochs)
        .batch(batch)
        .rate(rate)
        .rates(RateSchedule.exponential(finalRateShare))
        .conditioningDropout(dropout)
        .seed(seed)
        .threads(threads);
  }

  /** Trains to the end, with a bar that shows the loss and the time left of each epoch. */
  static void train(Trainer trainer) {
    for (Epoch epoch : trainer) {
      try (ProgressBar bar = bar("Epoch " + epoch.number(), epoch.steps())) {
        for (TrainingStep step : epoch) {
          bar.setExtraMessage(String.format(" loss %.4f", step.loss()));
          bar.step();
        }
      }
    }
  }

  private static ProgressBar bar(String task, int steps) {
    return new ProgressBarBuilder()
        .setTaskName(task)
        .setInitialMax(steps)
        .setStyle(ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(1000)
        .showSpeed()
        .build();
  }
}
