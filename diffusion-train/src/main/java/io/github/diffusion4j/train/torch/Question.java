package io.github.diffusion4j.train.torch;

import io.github.diffusion4j.internal.Checks;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * What a network is asked in training, and what it should have answered.
 *
 * @param inputs its inputs by name
 * @param target the right answer
 * @param weights how much the squared error of each image counts; empty if all count the same
 */
record Question(Map<String, Tensor> inputs, Tensor target, Optional<Tensor> weights) {

  Tensor loss(Tensor answer) {
    Checks.require(
        answer.is_same_size(target),
        () ->
            "the network must predict what it is shown, of shape "
                + Arrays.toString(target.sizes().vec().get())
                + ", got "
                + Arrays.toString(answer.sizes().vec().get()));
    if (weights.isEmpty()) {
      return torch.mse_loss(answer, target);
    }
    Tensor error = answer.sub(target);
    return error.mul(error).mul(weights.get()).mean();
  }

  /** The same of some images alone. */
  Question part(int from, int to) {
    if (from == 0 && to == target.size(0)) {
      return this;
    }
    Map<String, Tensor> some = new TreeMap<>();
    inputs.forEach((name, t) -> some.put(name, t.narrow(0, from, to - from)));
    return new Question(
        some, target.narrow(0, from, to - from), weights.map(t -> t.narrow(0, from, to - from)));
  }
}
