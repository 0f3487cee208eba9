package io.github.diffusion4j.train.torch;

import static io.github.diffusion4j.train.torch.Guard.guarded;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.internal.Checks;
import io.github.diffusion4j.train.net.Network;
import io.github.diffusion4j.train.parameters.Values;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Trains and runs one network in LibTorch. Not safe for several threads at once. */
@SuppressWarnings("try") // scopes work by being open
public final class Engine implements AutoCloseable {

  private final Feed feed;
  private final Model model;
  private final Rule rule;
  private final Group group;
  private final Optional<Learner> learner;

  private Engine(Feed feed, Model model, Rule rule, Group group, Optional<Learner> learner) {
    this.feed = feed;
    this.model = model;
    this.rule = rule;
    this.group = group;
    this.learner = learner;
  }

  /**
   * An engine that trains as one of a group, with fresh parameters.
   *
   * @param network the network
   * @param compute what to compute with, and where
   * @param seed the seed of the parameters
   * @param rule how a step changes them
   * @param group the workers that train together, which outlives the engine
   * @return the engine
   * @throws DiffusionException if LibTorch cannot be loaded or has no such device
   */
  public static Engine training(
      Network network, Compute compute, long seed, Rule rule, Group group) {
    return guarded(
        "making a network",
        () -> {
          Model model = Model.initial(network, compute, seed);
          Feed feed = new Feed(network, compute);
          return new Engine(
              feed, model, rule, group, Optional.of(new Learner(feed, model, rule, group.size())));
        });
  }

  /**
   * An engine that only predicts.
   *
   * @param network the network
   * @param compute what to compute with, and where
   * @param state at least what {@link #state()} gave for the parameters, of the network's shapes
   * @return the engine
   * @throws DiffusionException if LibTorch cannot be loaded
   */
  public static Engine predicting(Network network, Compute compute, Map<String, Values> state) {
    return guarded(
        "making a network",
        () -> {
          Model model = Model.initial(network, compute, 0);
          Engine engine =
              new Engine(
                  new Feed(network, compute), model, Rule.ADAM, Group.ALONE, Optional.empty());
          engine.paste(engine.names(), state);
          return engine;
        });
  }

  /**
   * One step of training on {@code x = a·clean + s·ε} towards {@code c₀·clean + c₁·ε}.
   *
   * <p>In a group, each worker takes its part of the batch.
   *
   * @param batch clean images and what belongs to each, at least one image for each worker
   * @param rate the learning rate
   * @param noiseSeed the seed of ε
   * @return the mean squared error of the batch, weighted as the batch says; where it is not
   *     finite, no trained parameter has changed, but running means and variances may have
   * @throws LostWorkerException if another worker is lost; then nothing has changed
   */
  public double step(Batch batch, double rate, long noiseSeed) {
    Learner optimiser = learner.orElseThrow();
    int parts = group.size() * rule.parts();
    int atOnce = ((int) batch.shape()[0] + parts - 1) / parts;
    return onDevice(
        "a step of training",
        () -> optimiser.keepingMemory(atOnce, () -> step(optimiser, batch, rate, noiseSeed)));
  }

  /** Does some work with the network's device as this thread's. */
  private <T> T onDevice(String what, Supplier<T> work) {
    return guarded(
        what,
        () -> {
          feed.compute().use();
          return work.get();
        });
  }

  private double step(Learner optimiser, Batch batch, double rate, long noiseSeed) {
    try (PointerScope scope = new PointerScope()) {
      Question question = feed.question(batch, noiseSeed);
      optimiser.zeroGradients();
      double value = gradients(question, (int) batch.shape()[0]);
      if (Double.isFinite(value)) {
        optimiser.step(rate);
      }
      return value;
    }
  }

  /** The loss of a batch, with its gradients in the parameters. */
  private double gradients(Question question, int count) {
    Exchange exchange = new Exchange(model, group);
    try {
      int parts = group.size() * rule.parts();
      int first = group.rank() * rule.parts();
      double value = 0;
      int own = 0;
      for (int part = first; part < first + rule.parts(); part++) {
        int from = GroupSettings.from(part, parts, count);
        int to = GroupSettings.from(part + 1, parts, count);
        if (from < to) {
          value += addGradients(question.part(from, to), (to - from) / (double) count);
          own += to - from;
        }
      }
      return exchange.total(value, own / (double) count);
    } catch (RuntimeException e) {
      throw exchange.undo(e);
    }
  }

  private double addGradients(Question question, double share) {
    try (Tape tape = model.tape();
        Tensor loss = forward(question, tape)) {
      Checks.require(
          loss.requires_grad(),
          () -> "the prediction must depend on parameters that training changes");
      tape.backward(share == 1 ? loss : loss.mul(new Scalar(share)));
      return share * loss.item_double();
    }
  }

  /** The loss alone, so that the backward pass can free what each layer kept for it as it goes. */
  private Tensor forward(Question question, Tape tape) {
    try (PointerScope temporaries = new PointerScope()) {
      return question.loss(model.forward(question.inputs(), group, tape)).retainReference();
    }
  }

  /**
   * The loss of the network as trained, which changes nothing.
   *
   * @param batch clean images and what belongs to each
   * @param noiseSeeds the seed of ε, or one for each image
   * @return the mean squared error, weighted as the batch says
   */
  public double loss(Batch batch, long... noiseSeeds) {
    return onDevice(
        "a loss",
        () -> {
          try (PointerScope scope = new PointerScope();
              AutoGradMode off = new AutoGradMode(false)) {
            Question question = feed.question(batch, noiseSeeds);
            return question.loss(model.forward(question.inputs(), false)).item_double();
          }
        });
  }

  /**
   * Runs the network as trained.
   *
   * @param inputs the values of each input in row-major order
   * @param batch the number of images
   * @return the prediction in row-major order
   */
  public float[] predict(Map<String, float[]> inputs, int batch) {
    return onDevice("a prediction", () -> guardedPredict(inputs, batch));
  }

  private float[] guardedPredict(Map<String, float[]> inputs, int batch) {
    try (PointerScope scope = new PointerScope();
        AutoGradMode off = new AutoGradMode(false)) {
      Tensor out =
          model.predict(feed.inputs(inputs, batch)).to(ScalarType.Float).cpu().contiguous();
      float[] values = new float[(int) out.numel()];
      new FloatPointer(out.data_ptr_float()).get(values);
      return values;
    }
  }

  /** Copies of all parameters and of the optimiser's state, by name. */
  public Map<String, Values> state() {
    return copies(names());
  }

  /** Copies of what predicts: the parameters, and their moving average if there is one. */
  public Map<String, Values> predictingState() {
    Map<String, Tensor> names = names();
    names.keySet().removeIf(name -> name.startsWith(Learner.MOMENTS));
    return copies(names);
  }

  private static Map<String, Values> copies(Map<String, Tensor> tensors) {
    return guarded(
        "copying parameters",
        () -> {
          Map<String, Values> copies = new TreeMap<>();
          tensors.forEach((name, t) -> copies.put(name, Transfer.copy(t)));
          return copies;
        });
  }

  private Map<String, Tensor> names() {
    Map<String, Tensor> all = new TreeMap<>();
    model.tensors().forEach((name, t) -> all.put("model." + name, t));
    learner.ifPresent(l -> all.putAll(l.tensors()));
    return all;
  }

  /** The name in {@link #state} of something that is NaN or infinite, if there is one. */
  public Optional<String> notFinite() {
    return guarded("looking at parameters", this::guardedNotFinite);
  }

  private Optional<String> guardedNotFinite() {
    try (PointerScope scope = new PointerScope();
        AutoGradMode off = new AutoGradMode(false)) {
      return names().entrySet().stream()
          .filter(entry -> !torch.isfinite(entry.getValue().sum()).item_bool())
          .map(Map.Entry::getKey)
          .findFirst();
    }
  }

  /**
   * Puts back what {@link #state()} gave.
   *
   * @param state values by name, of the network's shapes
   * @param steps the number of steps made so far
   */
  public void restore(Map<String, Values> state, long steps) {
    guarded(
        "restoring parameters",
        () -> {
          paste(names(), state);
          learner.orElseThrow().steps(steps);
          return steps;
        });
  }

  /**
   * Takes over the parameters and the optimiser's state of worker 0, if there are others.
   *
   * @param steps the number of steps made so far
   */
  public void follow(long steps) {
    onDevice(
        "telling parameters",
        () -> {
          group.begin(feed.compute(), List.copyOf(names().values()));
          learner.orElseThrow().steps(steps);
          return steps;
        });
  }

  private void paste(Map<String, Tensor> targets, Map<String, Values> state) {
    targets.forEach((name, t) -> Transfer.paste(Objects.requireNonNull(state.get(name), name), t));
  }

  @Override
  public void close() {
    model.close();
    learner.ifPresent(Learner::close);
  }
}
