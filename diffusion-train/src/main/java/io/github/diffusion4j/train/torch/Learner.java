package io.github.diffusion4j.train.torch;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.DoubleSupplier;
import org.bytedeco.pytorch.Tensor;

/** What moves a network's parameters, with all that must be kept to go on. */
final class Learner implements AutoCloseable {

  /** What the names of the optimiser's state begin with. */
  static final String MOMENTS = "adam.";

  private final Adam adam;
  private final Optional<Average> average;
  private final KeptMemory memory;
  private long steps;

  Learner(Feed feed, Model model, Rule rule, int processes) {
    this.adam = new Adam(model, rule);
    this.average =
        rule.averaging() > 0 ? Optional.of(new Average(model, rule.averaging())) : Optional.empty();
    this.memory = new KeptMemory(feed.network(), feed.compute(), processes);
  }

  /** The state by name. */
  Map<String, Tensor> tensors() {
    Map<String, Tensor> all = new TreeMap<>();
    adam.tensors().forEach((name, t) -> all.put(MOMENTS + name, t));
    average.ifPresent(a -> a.tensors().forEach((name, t) -> all.put("average." + name, t)));
    return all;
  }

  /** Sets the number of steps made. */
  void steps(long made) {
    steps = made;
  }

  /** Makes a step of some images at once, on this thread or where memory can be kept. */
  double keepingMemory(int images, DoubleSupplier step) {
    return memory.step(images, step);
  }

  void zeroGradients() {
    adam.zeroGradients();
  }

  /** Moves the parameters along their gradients. */
  void step(double rate) {
    steps++;
    adam.clip();
    adam.step(rate, steps);
    average.ifPresent(a -> a.take(steps));
  }

  @Override
  public void close() {
    adam.close();
    average.ifPresent(Average::close);
    memory.close();
  }
}
