package io.github.diffusion4j.train.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * What the workers of a group tell each other in a step, within the scope of the step: gradients,
 * loss, and running statistics where each has its own.
 */
@SuppressWarnings("try") // scopes work by being open
final class Exchange {

  private final Model model;
  private final Group group;
  private final List<Tensor> statistics = new ArrayList<>();
  private final List<Tensor> before = new ArrayList<>();

  /** To be made before the forward pass. */
  Exchange(Model model, Group group) {
    this.model = model;
    this.group = group;
    if (group.size() > 1) {
      model.outline().stream()
          .filter(parameter -> !parameter.isTrained())
          .forEach(parameter -> statistics.add(model.tensor(parameter.name())));
      statistics.forEach(t -> before.add(t.clone()));
    }
  }

  /**
   * Adds up the gradients, and averages the running statistics as each worker has images.
   *
   * @param loss this worker's share of the loss
   * @param share this worker's share of the images
   * @return the loss of the whole batch
   */
  double total(double loss, double share) {
    if (group.size() == 1) {
      return loss;
    }
    List<Tensor> sums = new ArrayList<>();
    try (AutoGradMode off = new AutoGradMode(false)) {
      group.checkGradients(model);
      for (Tensor parameter : model.tensors().values()) {
        Tensor gradient = parameter.grad();
        if (gradient.defined()) {
          sums.add(gradient);
        }
      }
      Tensor any = model.tensors().values().iterator().next();
      Tensor total = torch.full(new long[] {1}, new Scalar(loss), any.options());
      sums.add(total);
      if (!group.isSynchronised()) {
        statistics.forEach(t -> sums.add(t.mul_(new Scalar(share))));
      }
      group.sum(sums);
      return total.item_double();
    }
  }

  /**
   * Takes a step back that has failed before parameters moved, if it failed because a worker is
   * lost.
   *
   * @param failure why it failed
   * @return what to throw
   */
  RuntimeException undo(RuntimeException failure) {
    Optional<LostWorkerException> lost = group.failure();
    if (lost.isEmpty()) {
      return failure;
    }
    try (AutoGradMode off = new AutoGradMode(false)) {
      for (int i = 0; i < before.size(); i++) {
        statistics.get(i).copy_(before.get(i));
      }
    }
    return lost.get();
  }
}
