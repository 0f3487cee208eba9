package io.github.diffusion4j.consumer;

import io.github.diffusion4j.Conditioning;
import io.github.diffusion4j.DiffusionModel;
import io.github.diffusion4j.Guidance;
import io.github.diffusion4j.Sampler;
import io.github.diffusion4j.Sampling;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.onnx.OnnxDenoiser;
import io.github.diffusion4j.train.Epoch;
import io.github.diffusion4j.train.TrainedDenoiser;
import io.github.diffusion4j.train.Trainer;
import io.github.diffusion4j.train.Training;
import io.github.diffusion4j.train.TrainingStep;
import io.github.diffusion4j.train.UNet;
import io.github.diffusion4j.train.UNet.TimeEffect;
import io.github.diffusion4j.train.data.Dataset;
import java.nio.file.Path;

/** Trains a small network, exports it, and samples it in LibTorch and in ONNX Runtime. */
public final class BothEngines {

  private static final int CLASSES = 2;

  private BothEngines() {}

  /**
   * The same images of both engines.
   *
   * @param torch the images by LibTorch
   * @param onnx the images by ONNX Runtime
   */
  public record Samples(Tensor torch, Tensor onnx) {}

  /**
   * Trains one epoch and samples.
   *
   * @param onnx where to write the exported model
   * @param batch the number of images to sample
   * @param steps the number of sampling steps
   * @return the images
   */
  public static Samples run(Path onnx, int batch, int steps) {
    UNet network = UNet.width(8).time(TimeEffect.SCALE).classes(CLASSES);
    Training training = Training.flowMatching().epochs(1).batch(16).threads(1).seed(4);
    Dataset stripes = new Stripes(320);
    try (Trainer trainer = Trainer.start(network, training, stripes)) {
      for (Epoch epoch : trainer) {
        for (TrainingStep step : epoch) {
          System.out.printf("step %d of %d, loss %.4f%n", step.index(), step.steps(), step.loss());
        }
      }
      try (TrainedDenoiser trained = trainer.denoiser()) {
        trained.exportOnnx(onnx);
        try (OnnxDenoiser exported = OnnxDenoiser.open(onnx)) {
          return new Samples(sample(trained, batch, steps), sample(exported, batch, steps));
        }
      }
    }
  }

  private static Tensor sample(DiffusionModel model, int batch, int steps) {
    Conditioning upright = Conditioning.none().global("class", Tensor.oneHot(CLASSES, 1));
    Conditioning none = Conditioning.none().global("class", Tensor.zeros(Shape.of(1, CLASSES)));
    return Sampler.of(model)
        .sample(
            Sampling.fromNoise(Shape.images(batch, 1, 28, 28))
                .steps(steps)
                .seed(11)
                .guidance(Guidance.classifierFree(5, upright, none)));
  }
}
