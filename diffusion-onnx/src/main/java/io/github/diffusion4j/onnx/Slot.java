package io.github.diffusion4j.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The memory of one run: inputs and output for images of one shape, used again by later runs.
 *
 * <p>What shape the output has is learnt in the first run; from then on ONNX Runtime writes it in
 * place.
 */
final class Slot implements AutoCloseable {

  /** What the memory is for. */
  record Key(Shape image, Map<String, Shape> inputs) {

    static Key of(Tensor x, Map<String, Tensor> inputs) {
      Map<String, Shape> shapes = new HashMap<>();
      inputs.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
      return new Key(x.shape(), shapes);
    }
  }

  private final OrtEnvironment environment;
  private final Signature signature;
  private final Key key;
  private final Map<String, NativeTensor> inputs = new HashMap<>();
  private final Map<String, OnnxTensor> feeds = new HashMap<>();
  private final OrtSession.RunOptions options;
  private Optional<Output> output = Optional.empty();
  private volatile boolean stopped;

  private record Output(Shape shape, NativeTensor memory, Map<String, OnnxTensor> pinned) {}

  Slot(OrtEnvironment environment, Signature signature, Key key) throws OrtException {
    this.environment = environment;
    this.signature = signature;
    this.key = key;
    this.options = new OrtSession.RunOptions();
    boolean made = false;
    try {
      add(signature.image(), sizes(key.image()));
      if (signature.time().isPresent()) {
        add(signature.time().get(), timeSizes(signature.time().get()));
      }
      for (Map.Entry<String, Shape> input : key.inputs().entrySet()) {
        GraphTensor declared = signature.conditioning().get(input.getKey());
        if (declared != null) {
          add(declared, sizes(input.getValue()));
        }
      }
      made = true;
    } finally {
      if (!made) {
        close();
      }
    }
  }

  private void add(GraphTensor declared, long[] sizes) throws OrtException {
    NativeTensor memory = new NativeTensor(environment, ElementType.named(declared.type()), sizes);
    inputs.put(declared.name(), memory);
    feeds.put(declared.name(), memory.tensor());
  }

  private long[] timeSizes(GraphTensor time) {
    long[] sizes = new long[time.rank()];
    for (int axis = 0; axis < sizes.length; axis++) {
      sizes[axis] = axis == 0 && !signature.sharesTime() ? key.image().batch() : 1;
    }
    return sizes;
  }

  private static long[] sizes(Shape shape) {
    long[] sizes = new long[shape.rank()];
    for (int axis = 0; axis < sizes.length; axis++) {
      sizes[axis] = shape.size(axis);
    }
    return sizes;
  }

  Key key() {
    return key;
  }

  /** Writes the inputs of a run. */
  void fill(Tensor x, double[] times, Map<String, Tensor> conditioning) {
    memory(signature.image().name()).put(x);
    if (signature.time().isPresent()) {
      NativeTensor time = memory(signature.time().get().name());
      int count = signature.sharesTime() ? 1 : times.length;
      for (int i = 0; i < count; i++) {
        time.put(i, times[i]);
      }
    }
    conditioning.forEach((name, tensor) -> memory(name).put(tensor));
  }

  private NativeTensor memory(String name) {
    NativeTensor memory = inputs.get(name);
    if (memory == null) {
      throw new IllegalStateException("no memory for input " + name);
    }
    return memory;
  }

  /** Runs the model on what was written. */
  Tensor run(OrtSession session) throws OrtException {
    if (output.isEmpty()) {
      return firstRun(session);
    }
    Output known = output.get();
    session.run(feeds, Set.of(), known.pinned(), options).close();
    return known.memory().toTensor(known.shape());
  }

  private Tensor firstRun(OrtSession session) throws OrtException {
    String name = signature.output().name();
    try (OrtSession.Result result = session.run(feeds, Set.of(name), options)) {
      OnnxTensor found = (OnnxTensor) result.get(0);
      List<Integer> sizes = new ArrayList<>();
      for (long size : found.getInfo().getShape()) {
        sizes.add(Math.toIntExact(size));
      }
      Shape shape = Shape.of(sizes.stream().mapToInt(Integer::intValue).toArray());
      NativeTensor memory =
          new NativeTensor(environment, ElementType.named(signature.output().type()), sizes(shape));
      output = Optional.of(new Output(shape, memory, Map.of(name, memory.tensor())));
      return Tensor.of(shape, found.getFloatBuffer());
    }
  }

  /** Makes a run that is under way, or comes, end with an error; this memory has no other then. */
  void stop() {
    stopped = true;
    try {
      options.setTerminate(true);
    } catch (OrtException e) {
      throw new DiffusionException("a run could not be stopped: " + e.getMessage(), e);
    }
  }

  boolean isStopped() {
    return stopped;
  }

  @Override
  public void close() {
    inputs.values().forEach(NativeTensor::close);
    output.ifPresent(known -> known.memory().close());
    options.close();
  }
}
