package io.github.diffusion4j.train.torch;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.train.net.Input;
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
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Trains and runs one network in LibTorch. Not safe for several threads at once. */
@SuppressWarnings("try") // scopes work by being open
public final class Engine implements AutoCloseable {

  private final Network network;
  private final ScalarType type;
  private final Model model;
  private final Optional<Adam> adam;

  private Engine(Network network, ScalarType type, Model model, Optional<Adam> adam) {
    this.network = network;
    this.type = type;
    this.model = model;
    this.adam = adam;
  }

  /**
   * An engine that trains, with fresh parameters.
   *
   * @param network the network
   * @param isDouble whether to compute in float64
   * @param seed the seed of the parameters
   * @return the engine
   * @throws io.github.diffusion4j.DiffusionException if LibTorch cannot be loaded
   */
  public static Engine training(Network network, boolean isDouble, long seed) {
    ScalarType type = isDouble ? ScalarType.Double : ScalarType.Float;
    return guarded(
        "making a network",
        () -> {
          Model model = Model.initial(network, type, seed);
          return new Engine(network, type, model, Optional.of(new Adam(model)));
        });
  }

  /**
   * An engine that only predicts.
   *
   * @param network the network
   * @param isDouble whether to compute in float64
   * @param state at least what {@link #state()} gave for the parameters, of the network's shapes
   * @return the engine
   * @throws io.github.diffusion4j.DiffusionException if LibTorch cannot be loaded
   */
  public static Engine predicting(Network network, boolean isDouble, Map<String, Values> state) {
    ScalarType type = isDouble ? ScalarType.Double : ScalarType.Float;
    return guarded(
        "making a network",
        () -> {
          Model model = Model.initial(network, type, 0);
          Engine engine = new Engine(network, type, model, Optional.empty());
          engine.paste(engine.names(), state);
          return engine;
        });
  }

  /**
   * LibTorch's errors come as nothing more particular than this exception, its stack in the text.
   */
  private static <T> T guarded(String what, Supplier<T> work) {
    try {
      return work.get();
    } catch (RuntimeException e) {
      if (e.getClass() != RuntimeException.class) {
        throw e;
      }
      String text = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new DiffusionException("LibTorch failed in " + what + ": " + text, e);
    }
  }

  /**
   * Sets the number of threads of all engines of this process.
   *
   * @param threads at least 1; 0 leaves LibTorch's own choice
   */
  public static void useThreads(int threads) {
    Natives.load();
    if (threads > 0) {
      guarded(
          "setting threads",
          () -> {
            torch.set_num_threads(threads);
            return threads;
          });
    }
  }

  /**
   * One step of training on {@code x = a·clean + s·ε} towards {@code c₀·clean + c₁·ε}.
   *
   * @param batch clean images and what belongs to each
   * @param rate the learning rate
   * @param noiseSeed the seed of ε
   * @return the mean squared error, weighted as the batch says; where it is not finite, no trained
   *     parameter has changed, but running means and variances may have
   */
  public double step(Batch batch, double rate, long noiseSeed) {
    return guarded("a step of training", () -> guardedStep(batch, rate, noiseSeed));
  }

  private double guardedStep(Batch batch, double rate, long noiseSeed) {
    Adam optimiser = adam.orElseThrow();
    try (PointerScope scope = new PointerScope()) {
      long[] shape = batch.shape();
      Tensor clean = tensor(batch.images(), shape);
      Generator generator = torch.createCPUGenerator(noiseSeed);
      Tensor noise = torch.randn(shape, new GeneratorOptional(generator), new TensorOptions(type));
      Tensor x = mix(batch.signal(), clean, batch.noise(), noise);
      Tensor target = mix(batch.cleanFactor(), clean, batch.noiseFactor(), noise);
      Map<String, Tensor> inputs = new TreeMap<>();
      inputs.put(Input.SAMPLE, withChannelsLast(x));
      batch
          .conditions()
          .forEach((name, values) -> inputs.put(name, tensor(values, shape(name, shape[0]))));
      optimiser.zeroGradients();
      Tensor loss = loss(model.forward(inputs, true), target, batch.weights());
      double value = loss.item_double();
      if (Double.isFinite(value)) {
        loss.backward();
        optimiser.step(rate);
      }
      return value;
    }
  }

  private Tensor loss(Tensor out, Tensor target, float[] weights) {
    if (weights.length == 0) {
      return torch.mse_loss(out, target);
    }
    Tensor error = out.sub(target);
    return error.mul(error).mul(tensor(weights, weights.length, 1, 1, 1)).mean();
  }

  /**
   * Runs the network as trained.
   *
   * @param inputs the values of each input in row-major order
   * @param batch the number of images
   * @return the prediction in row-major order
   */
  public float[] predict(Map<String, float[]> inputs, int batch) {
    return guarded("a prediction", () -> guardedPredict(inputs, batch));
  }

  private float[] guardedPredict(Map<String, float[]> inputs, int batch) {
    try (PointerScope scope = new PointerScope();
        AutoGradMode off = new AutoGradMode(false)) {
      Map<String, Tensor> tensors = new TreeMap<>();
      inputs.forEach((name, values) -> tensors.put(name, tensor(values, shape(name, batch))));
      tensors.computeIfPresent(Input.SAMPLE, (name, x) -> withChannelsLast(x));
      Tensor out = model.forward(tensors, false).to(ScalarType.Float).contiguous();
      float[] values = new float[(int) out.numel()];
      new FloatPointer(out.data_ptr_float()).get(values);
      return values;
    }
  }

  private long[] shape(String input, long batch) {
    List<Integer> each =
        network.inputs().stream()
            .filter(i -> i.name().equals(input))
            .findFirst()
            .orElseThrow()
            .shape();
    long[] shape = new long[each.size() + 1];
    shape[0] = batch;
    for (int i = 0; i < each.size(); i++) {
      shape[i + 1] = each.get(i);
    }
    return shape;
  }

  private Tensor tensor(float[] values, long... shape) {
    Tensor source =
        torch.from_blob(new FloatPointer(values), shape, new TensorOptions(ScalarType.Float));
    return source.to(type, false, true, new org.bytedeco.pytorch.MemoryFormatOptional());
  }

  private Tensor mix(float[] a, Tensor clean, float[] b, Tensor noise) {
    return tensor(a, a.length, 1, 1, 1).mul(clean).add(tensor(b, b.length, 1, 1, 1).mul(noise));
  }

  /** The strides of channels-last, which {@code contiguous} does not give a single channel. */
  private static Tensor withChannelsLast(Tensor x) {
    long c = x.size(1);
    long h = x.size(2);
    long w = x.size(3);
    if (c == 1) {
      return torch.as_strided(x, new long[] {x.size(0), 1, h, w}, h * w, 1, w, 1);
    }
    return x.contiguous(torch.MemoryFormat.ChannelsLast);
  }

  /** Copies of all parameters and of the optimiser's state, by name. */
  public Map<String, Values> state() {
    return guarded(
        "copying parameters",
        () -> {
          Map<String, Values> state = new TreeMap<>();
          names().forEach((name, t) -> state.put(name, Transfer.copy(t)));
          return state;
        });
  }

  private Map<String, Tensor> names() {
    Map<String, Tensor> all = new TreeMap<>();
    model.tensors().forEach((name, t) -> all.put("model." + name, t));
    adam.ifPresent(a -> a.tensors().forEach((name, t) -> all.put("adam." + name, t)));
    return all;
  }

  /** Whether no parameter is NaN or infinite. */
  public boolean isFinite() {
    return guarded("looking at parameters", this::guardedIsFinite);
  }

  private boolean guardedIsFinite() {
    try (PointerScope scope = new PointerScope();
        AutoGradMode off = new AutoGradMode(false)) {
      return model.tensors().values().stream().allMatch(t -> torch.isfinite(t.sum()).item_bool());
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
          adam.orElseThrow().steps(steps);
          return steps;
        });
  }

  private void paste(Map<String, Tensor> targets, Map<String, Values> state) {
    targets.forEach((name, t) -> Transfer.paste(Objects.requireNonNull(state.get(name), name), t));
  }

  @Override
  public void close() {
    adam.ifPresent(Adam::close);
    model.close();
  }
}
