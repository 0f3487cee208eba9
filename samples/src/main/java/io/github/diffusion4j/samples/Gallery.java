package io.github.diffusion4j.samples;

import io.github.diffusion4j.Sampler;
import io.github.diffusion4j.onnx.OnnxDenoiser;
import io.github.diffusion4j.samples.partb.PartB;
import io.github.diffusion4j.train.RateSchedule;
import io.github.diffusion4j.train.TrainedDenoiser;
import io.github.diffusion4j.train.Trainer;
import io.github.diffusion4j.train.Training;
import io.github.diffusion4j.train.UNet;
import io.github.diffusion4j.train.UNet.TimeEffect;
import io.github.diffusion4j.train.data.Dataset;
import io.github.diffusion4j.train.data.Mnist;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The main job: digits of the bundled model with their way out of the noise and by the techniques
 * of part A, and a small network trained, exported and sampled on the spot, on one page.
 */
final class Gallery {

  private static final int ROWS = 4;
  private static final int SMALL_WIDTH = 16;
  private static final int SMALL_IMAGES = 32_000;
  private static final double SCALE = 5;

  private final Path samples;
  private final Path target;

  private Gallery(Path samples, Path target) {
    this.samples = samples;
    this.target = target;
  }

  /**
   * Writes the gallery.
   *
   * @param args the folder of the samples, and the folder to write to
   */
  public static void main(String[] args) throws Exception {
    if (args.length != 2) {
      throw new IllegalArgumentException(
          "Gallery takes the folder of the samples and the folder to write to, got "
              + args.length
              + " arguments");
    }
    new Gallery(Path.of(args[0]), Path.of(args[1])).write();
  }

  private void write() throws Exception {
    Files.createDirectories(target);
    Page page = new Page("Diffusion4J: digits in one JVM");
    bundledModel(page);
    smallRun(page);
    page.heading("The course's part B");
    PartB.fromRecords(samples, target.resolve("part-b"));
    page.link(
        "part-b/index.html", "All figures of the course's part B, from the records of its runs");
    Path index = target.resolve("index.html");
    Files.writeString(index, page.html());
    System.out.println("Wrote " + index);
  }

  private void bundledModel(Page page) throws IOException {
    page.heading("The bundled model");
    Path model = samples.resolve("models/digits.onnx");
    try (OnnxDenoiser denoiser = OnnxDenoiser.open(model)) {
      Sampler sampler = Sampler.of(denoiser);
      for (int scale : new int[] {5, 1, 0}) {
        String name = "guidance-" + scale;
        Optional<Path> gif =
            scale == 5 ? Optional.of(target.resolve(name + ".gif")) : Optional.empty();
        System.out.println("Sampling 40 digits with guidance " + scale);
        grid(sampler, scale, target.resolve(name + ".png"), gif);
      }
      page.figure("guidance-5.png", "The bundled model, guidance 5: four of each digit, 50 steps.");
      page.figure("guidance-5.gif", "The same digits on their way out of the noise.");
      page.figure("guidance-1.png", "Guidance 1: the class is told, nothing is amplified.");
      page.figure("guidance-0.png", "Guidance 0: the same noise without a class, so any digit.");
      LossChart.write(
          "The bundled model's training",
          samples.resolve("models/digits-loss.csv"),
          target.resolve("loss.png"));
      page.figure(
          "loss.png",
          "Loss of the bundled model's training: "
              + denoiser.metadata().get("diffusion4j.training"));
      page.heading("Its digits by the techniques of part A");
      DigitTechniques.write(denoiser, samples, target, page);
    }
  }

  private void smallRun(Page page) throws IOException {
    Dataset digits = Mnist.train(samples.resolve("data/mnist")).first(SMALL_IMAGES);
    UNet network = UNet.width(SMALL_WIDTH).time(TimeEffect.SCALE).classes(Digits.CLASSES);
    Path run = Files.createTempDirectory(target, "run");
    Path model = target.resolve("small.onnx");
    System.out.println("Training a network of width 16 on " + SMALL_IMAGES + " digits");
    try (Trainer trainer =
        Trainer.start(
            network,
            Training.flowMatching().epochs(1).rates(RateSchedule.constant()),
            digits,
            run)) {
      TrainDigits.train(trainer);
      try (TrainedDenoiser denoiser = trainer.denoiser()) {
        denoiser.exportOnnx(model);
      }
    }
    LossChart.write(
        "Width 16, trained just now", run.resolve("loss.csv"), target.resolve("small-loss.png"));
    page.heading("A small model, trained just now");
    page.figure(
        "small-loss.png",
        "A network of width 16, trained just now on " + SMALL_IMAGES + " digits.");
    try (OnnxDenoiser denoiser = OnnxDenoiser.open(model)) {
      grid(Sampler.of(denoiser), SCALE, target.resolve("small.png"), Optional.empty());
    }
    page.figure("small.png", "Its digits, guidance 5, after that one short pass.");
  }

  private static void grid(Sampler sampler, double scale, Path png, Optional<Path> gif) {
    Digits.draw(
        sampler, Digits.request(Digits.rows(Digits.all(), ROWS), scale), Digits.CLASSES, png, gif);
  }
}
