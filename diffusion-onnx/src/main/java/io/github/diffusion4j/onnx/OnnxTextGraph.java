package io.github.diffusion4j.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.onnx.internal.TextGraph;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A text encoder's graph in ONNX Runtime.
 *
 * <p>One run at a time: each uses all cores, and the embeddings of a prompt are kept by whoever
 * asks for them. Memory for inputs is made for each run, because it is small and runs are rare.
 */
final class OnnxTextGraph implements TextGraph {

  private final Path file;
  private final Sessions.Opened model;
  private final TextSignature signature;
  private final OrtSession.RunOptions options;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile boolean closed;
  private boolean freed;

  private OnnxTextGraph(Path file, Sessions.Opened model, TextSignature signature)
      throws OrtException {
    this.file = file;
    this.model = model;
    this.signature = signature;
    this.options = new OrtSession.RunOptions();
  }

  /**
   * Loads a graph.
   *
   * @throws DiffusionException if it is not the graph of a text encoder, or no provider works
   */
  static OnnxTextGraph open(Path file, int tokens, Provider provider) {
    Sessions.Opened opened = Sessions.open(file, provider, OptionalInt.empty());
    boolean done = false;
    try {
      TextSignature signature = TextSignature.of(file, opened.session(), tokens);
      OnnxTextGraph graph = new OnnxTextGraph(file, opened, signature);
      done = true;
      return graph;
    } catch (OrtException e) {
      throw new DiffusionException(file + ": the graph cannot be read: " + e.getMessage(), e);
    } finally {
      if (!done) {
        opened.close();
      }
    }
  }

  @Override
  public Tensor run(int[] ids, int[] mask) {
    lock.lock();
    try {
      checkOpen();
      return runLocked(ids, mask);
    } catch (OrtException e) {
      if (closed) {
        throw new IllegalStateException(file + " was closed during a run", e);
      }
      throw new DiffusionException(
          file + ": ONNX Runtime failed on " + ids.length + " tokens: " + e.getMessage(), e);
    } finally {
      lock.unlock();
    }
  }

  private Tensor runLocked(int[] ids, int[] mask) throws OrtException {
    OrtEnvironment environment = Natives.environment();
    List<NativeTensor> memory = new ArrayList<>();
    try {
      Map<String, OnnxTensor> feeds = new HashMap<>();
      memory.add(memory(environment, signature.ids(), ids));
      feeds.put(signature.ids().name(), memory.get(0).tensor());
      if (signature.mask().isPresent()) {
        memory.add(memory(environment, signature.mask().get(), mask));
        feeds.put(signature.mask().get().name(), memory.get(1).tensor());
      }
      Set<String> output = Set.of(signature.output().name());
      try (OrtSession.Result result = model.session().run(feeds, output, options)) {
        return embeddings((OnnxTensor) result.get(0), ids.length);
      }
    } finally {
      memory.forEach(NativeTensor::close);
    }
  }

  private static NativeTensor memory(OrtEnvironment environment, GraphTensor declared, int[] values)
      throws OrtException {
    NativeTensor made =
        new NativeTensor(environment, ElementType.named(declared.type()), 1, values.length);
    for (int i = 0; i < values.length; i++) {
      made.put(i, values[i]);
    }
    return made;
  }

  private Tensor embeddings(OnnxTensor found, int tokens) {
    long[] sizes = found.getInfo().getShape();
    if (sizes.length != 3 || sizes[0] != 1 || sizes[1] != tokens || sizes[2] < 1) {
      throw new DiffusionException(
          file
              + ": expected output "
              + signature.output().name()
              + " to be [1, "
              + tokens
              + ", dim], found "
              + Arrays.toString(sizes));
    }
    Tensor embeddings =
        Tensor.of(Shape.of(1, tokens, Math.toIntExact(sizes[2])), found.getFloatBuffer());
    // T5's activations are beyond the largest number of float16, so careless exports give NaN.
    if (!embeddings.isFinite()) {
      throw new DiffusionException(
          file
              + ": expected finite embeddings, found NaN or infinite ones; a T5 encoder in float16"
              + " must keep parts of it in float32");
    }
    return embeddings;
  }

  @Override
  public void checkOpen() {
    if (closed) {
      throw new IllegalStateException(file + " is closed");
    }
  }

  @Override
  public void close() {
    try {
      synchronized (this) {
        if (closed) {
          return;
        }
        closed = true;
        options.setTerminate(true);
      }
    } catch (OrtException e) {
      throw new DiffusionException(file + ": could not be closed: " + e.getMessage(), e);
    } finally {
      free();
    }
  }

  /** Waits for the run that was stopped, whose memory this is. */
  private void free() {
    lock.lock();
    try {
      if (!freed) {
        freed = true;
        options.close();
        model.close();
      }
    } finally {
      lock.unlock();
    }
  }

  /** The file and what it runs on. */
  @Override
  public String toString() {
    return file + ", " + model.provider();
  }
}
