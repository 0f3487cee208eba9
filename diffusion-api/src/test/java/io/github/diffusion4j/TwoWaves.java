package io.github.diffusion4j;

import java.util.Map;
import java.util.function.ToIntFunction;

/**
 * A network whose predictions depend on the step and the class only, as src/test/python/guidance.py
 * has them: class 0 is the unconditional one. Images are {@code [2, 1, 2, 3]}.
 *
 * @param step the step of a network time
 */
record TwoWaves(ToIntFunction<Double> step) implements Predictor {

  static final Shape IMAGES = Shape.images(2, 1, 2, 3);
  static final Conditioning NOTHING = Conditioning.none().global("class", Tensor.oneHot(2, 0));
  static final Conditioning GIVEN = Conditioning.none().global("class", Tensor.oneHot(2, 1));
  static final int STEPS = 5;

  /** A run of five steps of the flow towards noise on the straight path. */
  static Sampler flow() {
    return Sampler.of(
        Denoiser.of(new TwoWaves(time -> (int) Math.round(time * STEPS)), PredictionType.FLOW),
        NoiseSchedule.rectifiedFlow());
  }

  /** A run of five steps of a network that predicts noise. */
  static Sampler epsilon() {
    return Sampler.of(
        Denoiser.of(
            new TwoWaves(time -> (int) Math.round((999 - time) / 200)), PredictionType.EPSILON),
        NoiseSchedule.linear(1000, 1e-4, .02));
  }

  static Sampling request(Guidance guidance) {
    return Sampling.fromNoise(IMAGES).steps(STEPS).guidance(guidance);
  }

  static Tensor prediction(boolean isGiven, int step) {
    float[] values = new float[IMAGES.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          (float)
              (isGiven ? 1.2 * Math.sin(.21 * i + .7 * step + .5) : Math.sin(.37 * i + 1.3 * step));
    }
    return Tensor.of(IMAGES, values);
  }

  @Override
  public Tensor predict(Tensor x, double[] times, Map<String, Tensor> inputs) {
    Tensor told = inputs.get("class");
    float[] values = new float[x.shape().elements()];
    int each = x.shape().elementsPerImage();
    for (int row = 0; row < times.length; row++) {
      float[] answer = prediction(told.get(row, 1) == 1, step.applyAsInt(times[row])).toArray();
      System.arraycopy(answer, row % 2 * each, values, row * each, each);
    }
    return Tensor.of(x.shape(), values);
  }
}
