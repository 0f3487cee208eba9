package io.github.diffusion4j.onnx;

import io.github.diffusion4j.Cancellation;
import io.github.diffusion4j.NoiseSchedule;
import io.github.diffusion4j.Predictor;
import io.github.diffusion4j.Tensor;
import java.util.Arrays;
import java.util.Map;

/** Tells a network that knows whole positions the nearest one: schedulers on σ visit others too. */
record WholeTimes(Predictor network) implements Predictor {

  /**
   * So where the graph takes whole numbers for the time, and they are positions of the schedule.
   */
  static Predictor where(Signature signature, NoiseSchedule schedule, Predictor network) {
    boolean isWhole =
        signature.time().map(time -> ElementType.named(time.type()).isInteger()).orElse(false);
    boolean arePositions =
        schedule.isDiscrete() && schedule.at(schedule.first()).time() == schedule.first();
    return isWhole && arePositions ? new WholeTimes(network) : network;
  }

  @Override
  public Tensor predict(Tensor x, double[] times, Map<String, Tensor> inputs) {
    return predict(x, times, inputs, Cancellation.none());
  }

  @Override
  public Tensor predict(
      Tensor x, double[] times, Map<String, Tensor> inputs, Cancellation cancellation) {
    return network.predict(x, Arrays.stream(times).map(Math::rint).toArray(), inputs, cancellation);
  }
}
