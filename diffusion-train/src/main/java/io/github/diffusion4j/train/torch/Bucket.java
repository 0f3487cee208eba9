package io.github.diffusion4j.train.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Some tensors of one type, and their values one after the other: what is sent as one message.
 *
 * @param tensors the tensors, in the same order on all workers
 * @param values their values, in row-major order whatever their strides
 */
record Bucket(List<Tensor> tensors, Tensor values) {

  /** The size that PyTorch's DistributedDataParallel takes. */
  private static final long BYTES = 25L << 20;

  /**
   * Copies tensors into as few buckets as fit.
   *
   * @param tensors the tensors
   * @param place brings values to where they are sent from
   */
  static List<Bucket> of(List<Tensor> tensors, UnaryOperator<Tensor> place) {
    List<Bucket> buckets = new ArrayList<>();
    List<Tensor> next = new ArrayList<>();
    long bytes = 0;
    for (Tensor t : tensors) {
      next.add(t);
      bytes += t.numel() * t.element_size();
      if (bytes >= BYTES) {
        buckets.add(filled(next, place));
        next = new ArrayList<>();
        bytes = 0;
      }
    }
    if (!next.isEmpty()) {
      buckets.add(filled(next, place));
    }
    return buckets;
  }

  private static Bucket filled(List<Tensor> tensors, UnaryOperator<Tensor> place) {
    TensorVector flat = new TensorVector();
    tensors.forEach(t -> flat.push_back(t.reshape(-1)));
    return new Bucket(tensors, place.apply(torch.cat(flat)));
  }

  /** Copies the values back into the tensors. */
  void empty() {
    long from = 0;
    for (Tensor t : tensors) {
      long count = t.numel();
      t.copy_(values.narrow(0, from, count).view(t.sizes()));
      from += count;
    }
  }
}
