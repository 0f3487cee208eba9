package io.github.diffusion4j.onnx;

import io.github.diffusion4j.Conditioning;
import io.github.diffusion4j.NoiseLevel;
import io.github.diffusion4j.NoiseSchedule;
import io.github.diffusion4j.PredictionType;
import io.github.diffusion4j.Query;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Objects;

/** The small models of the tests. */
final class Models {

  private Models() {}

  static Path file(String name) {
    URL url = Objects.requireNonNull(Models.class.getResource("/models/" + name + ".onnx"), name);
    try {
      return Path.of(url.toURI());
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(name, e);
    }
  }

  static OnnxDenoiser open(String name) {
    return OnnxDenoiser.open(file(name));
  }

  /** Images with the values 0, 1, 2, … */
  static Tensor counting(int... sizes) {
    Shape shape = Shape.of(sizes);
    float[] values = new float[shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    return Tensor.of(shape, values);
  }

  /** All image and no noise, where a network that predicts the image is not needed to split. */
  static NoiseLevel level(double time) {
    return NoiseLevel.of(0.5, 0.5, time);
  }

  static Query query(Tensor x, double time) {
    return new Query(x, level(time), Conditioning.none());
  }

  /** The network's bare prediction, taken from an estimate of a network that predicts the noise. */
  static Tensor prediction(OnnxDenoiser model, Query query) {
    return model.estimate(query).noise();
  }

  static OnnxDenoiser openPredictingNoise(String name) {
    return OnnxDenoiser.builder(file(name))
        .prediction(PredictionType.EPSILON)
        .schedule(NoiseSchedule.linear(1000, 1e-4, 0.02))
        .open();
  }

  static Tensor plus(Tensor x, double value) {
    float[] values = x.toArray();
    for (int i = 0; i < values.length; i++) {
      values[i] += (float) value;
    }
    return Tensor.of(x.shape(), values);
  }
}
