package io.github.diffusion4j.train.torch;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.global.torch.MemoryFormat;

/**
 * A forward pass as a list of operations, each cut from the next, so that some can have a backward
 * pass of our own: LibTorch's graph takes none from Java.
 *
 * <p>Of a network without such operations nothing is recorded, and LibTorch's graph is whole.
 */
@SuppressWarnings("try") // scopes work by being open
final class Tape implements AutoCloseable {

  /**
   * An operation.
   *
   * @param result what the next operations take, a leaf of LibTorch's graph
   * @param kept what its backward pass needs
   * @param backward passes on the gradient of its result
   */
  private record Entry(Tensor result, List<Tensor> kept, Consumer<Tensor> backward) {

    void run() {
      try (PointerScope scope = new PointerScope()) {
        Tensor gradient = result.grad();
        if (gradient.defined()) {
          backward.accept(gradient);
        }
      }
    }

    void release() {
      result.close();
      kept.forEach(Tensor::close);
    }
  }

  /** Records nothing. */
  static final Tape NONE = new Tape(false);

  private final boolean isOn;
  private final Deque<Entry> entries = new ArrayDeque<>();

  Tape(boolean isOn) {
    this.isOn = isOn;
  }

  boolean isOn() {
    return isOn;
  }

  /** The result of operations of LibTorch on what this has cut. */
  Tensor cut(Tensor result) {
    if (!isOn || !result.requires_grad()) {
      return result;
    }
    return record(
        result.detach(),
        List.of(result),
        gradient ->
            result.backward(gradient, new BoolOptional(), false, new TensorArrayRefOptional()));
  }

  /** A convolution that {@link Winograd} suits. */
  Tensor convolve(Tensor x, Tensor weight) {
    try (AutoGradMode off = new AutoGradMode(false)) {
      return record(
          Winograd.convolve(x, weight),
          List.of(x, weight),
          gradient -> {
            if (x.requires_grad()) {
              add(x, Winograd.gradientOfImages(gradient, weight));
            }
            add(weight, Winograd.gradientOfKernels(gradient, x));
          });
    }
  }

  /** Channels-last, as {@link Model} has kernels and the fused Adam so expects their gradients. */
  private static void add(Tensor leaf, Tensor gradient) {
    if (leaf.grad().defined()) {
      leaf.mutable_grad().add_(gradient);
    } else {
      leaf.mutable_grad().put(gradient.contiguous(MemoryFormat.ChannelsLast));
    }
  }

  private Tensor record(Tensor result, List<Tensor> kept, Consumer<Tensor> backward) {
    result.requires_grad_(true);
    result.retainReference();
    kept.forEach(Tensor::retainReference);
    entries.push(new Entry(result, kept, backward));
    return result;
  }

  /** The gradients of a result and of all that it was computed from. */
  void backward(Tensor result) {
    try (AutoGradMode off = new AutoGradMode(false)) {
      result.backward();
      while (!entries.isEmpty()) {
        Entry entry = entries.pop();
        try {
          entry.run();
        } finally {
          entry.release();
        }
      }
    }
  }

  @Override
  public void close() {
    entries.forEach(Entry::release);
    entries.clear();
  }
}
