package io.github.diffusion4j.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.diffusion4j.Conditioning;
import io.github.diffusion4j.DiffusionModel;
import io.github.diffusion4j.Guidance;
import io.github.diffusion4j.Sampler;
import io.github.diffusion4j.Sampling;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.onnx.OnnxDenoiser;
import io.github.diffusion4j.train.ResidualUNet;
import io.github.diffusion4j.train.TrainedDenoiser;
import io.github.diffusion4j.train.Trainer;
import io.github.diffusion4j.train.Training;
import io.github.diffusion4j.train.UNet;
import io.github.diffusion4j.train.data.Dataset;
import io.github.diffusion4j.train.data.Idx;
import io.github.diffusion4j.train.data.Mnist;
import io.github.diffusion4j.train.net.Input;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A network that is told a text, trained here and run by ONNX Runtime, and what it tells. */
class ExportedTextTest {

  private static final Shape TEXT = Shape.of(1, 2, 3);

  @TempDir Path folder;

  private static Tensor sample(DiffusionModel model, Tensor text) {
    Conditioning asked = Conditioning.none().global(Input.TEXT, text);
    Conditioning none = Conditioning.none().global(Input.TEXT, Tensor.zeros(TEXT));
    return Sampler.of(model)
        .sample(
            Sampling.fromNoise(Shape.images(2, 1, 28, 28))
                .steps(5)
                .guidance(Guidance.classifierFree(3, asked, none)));
  }

  @Test
  void samplesAreThoseOfLibTorch() {
    Dataset digits = Mnist.train(Path.of("data/mnist")).first(64);
    Dataset told =
        digits.conditioned(
            Input.TEXT, List.of(2, 3), i -> new float[] {digits.label(i), 1, 0, 0, 0, 1});
    ResidualUNet network = ResidualUNet.of(8, 1, 2).blocks(1).time().text(2, 3);
    Training training = Training.flowMatching().batch(16).rate(1e-3).epochs(1).threads(1);
    Path file = folder.resolve("told.onnx");
    Tensor text = Tensor.of(TEXT, 4, 1, 0, 0, 0, 1);
    try (Trainer trainer = Trainer.start(network, training, told)) {
      trainer.forEach(epoch -> epoch.forEach(step -> {}));
      try (TrainedDenoiser trained = trainer.denoiser()) {
        trained.exportOnnx(file);
        try (OnnxDenoiser exported = OnnxDenoiser.open(file)) {
          float[] expected = sample(trained, text).toArray();
          assertThat(sample(exported, text).toArray()).containsExactly(expected, within(1e-3f));
          assertThat(sample(exported, Tensor.zeros(TEXT)).toArray()).isNotEqualTo(expected);
          assertThat(exported.classNames())
              .containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8", "9")
              .isEqualTo(trained.classNames());
          assertThat(exported.imageShape(3))
              .contains(Shape.images(3, 1, 28, 28))
              .isEqualTo(trained.imageShape(3));
        }
      }
    }
  }

  /** ONNX Runtime for Java gives other characters than those of ASCII back as others. */
  @Test
  void whatTheDataAreCalledComesBackInWhateverScript() {
    Path mnist = Path.of("data/mnist");
    Dataset named =
        Idx.dataset(
            mnist.resolve("train-images-idx3-ubyte.gz"),
            mnist.resolve("train-labels-idx1-ubyte.gz"),
            10,
            "chiffres écrits \ud83d\ude00");
    Path file = folder.resolve("named.onnx");
    try (Trainer trainer = Trainer.start(UNet.width(4), Training.flowMatching(), named);
        TrainedDenoiser trained = trainer.denoiser()) {
      trained.exportOnnx(file);
      try (OnnxDenoiser exported = OnnxDenoiser.open(file)) {
        assertThat(exported.metadata()).containsAllEntriesOf(trained.metadata());
        assertThat(exported.metadata().get("diffusion4j.data"))
            .contains("\"chiffres \\u00E9crits \\uD83D\\uDE00\"");
      }
    }
  }
}
