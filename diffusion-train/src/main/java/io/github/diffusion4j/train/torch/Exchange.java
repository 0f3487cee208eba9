package io.github.diffusion4j.train.torch;

import io.github.diffusion4j.train.parameters.Outline;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

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
      List<Tensor> trained = trained();
      // Whether this worker has a gradient of each parameter, and its loss.
      double[] own = new double[trained.size() + 1];
      for (int i = 0; i < trained.size(); i++) {
        Tensor parameter = trained.get(i);
        own[i] = parameter.grad().defined() ? 1 : 0;
        if (own[i] == 0) {
          parameter.mutable_grad().put(torch.zeros_like(parameter));
        }
        sums.add(parameter.grad());
      }
      own[trained.size()] = loss;
      Tensor counts = model.place(tensor(own));
      sums.add(counts);
      if (!group.isSynchronised()) {
        statistics.forEach(t -> sums.add(t.mul_(new Scalar(share))));
      }
      group.sum(sums);
      Tensor found = counts.cpu().to(ScalarType.Double);
      double[] all = new double[own.length];
      new DoublePointer(found.data_ptr_double()).get(all);
      for (int i = 0; i < trained.size(); i++) {
        if (all[i] == 0) {
          trained.get(i).mutable_grad().reset();
        }
      }
      return all[trained.size()];
    }
  }

  private static Tensor tensor(double[] values) {
    TensorOptions doubles = new TensorOptions(ScalarType.Double);
    return torch.from_blob(new DoublePointer(values), new long[] {values.length}, doubles).clone();
  }

  private List<Tensor> trained() {
    return model.outline().stream()
        .filter(Outline.Parameter::isTrained)
        .map(parameter -> model.tensor(parameter.name()))
        .toList();
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
