package io.github.diffusion4j.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.diffusion4j.Conditioning;
import io.github.diffusion4j.Guidance;
import io.github.diffusion4j.Sampler;
import io.github.diffusion4j.Sampling;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * A program that measures what a guided sampling step costs outside {@code OrtSession.run}: the
 * time of a step of {@link Sampler} less the time of the bare run, taken in turns on the same
 * graph.
 *
 * <p>Its arguments: a model with the inputs {@code sample} [?, 1, 28, 28], {@code timestep} [?] and
 * {@code class} [?, 10]. Without, the tests' graph of a few additions, where the difference is
 * clearest.
 */
final class StepOverhead {

  private static final int ROUNDS = 15;

  private StepOverhead() {}

  public static void main(String[] args) throws OrtException {
    Path file = args.length > 0 ? Path.of(args[0]) : Models.file("class");
    int steps = args.length > 0 ? 10 : 500;
    for (int batch : new int[] {1, 40}) {
      try (OnnxDenoiser model = OnnxDenoiser.builder(file).threads(1).open();
          Bare bare = new Bare(file, 2 * batch)) {
        double[] whole = new double[ROUNDS];
        double[] run = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
          long start = cpuTime();
          sample(model, batch, steps);
          long middle = cpuTime();
          for (int i = 0; i < steps; i++) {
            bare.run();
          }
          whole[round] = (middle - start) / 1e6 / steps;
          run[round] = (cpuTime() - middle) / 1e6 / steps;
        }
        Arrays.sort(whole);
        Arrays.sort(run);
        System.out.printf(
            "batch %d, guided: step %.4f ms, bare run %.4f ms, outside %.4f ms (medians); least"
                + " %.4f, %.4f, %.4f%n",
            batch,
            whole[ROUNDS / 2],
            run[ROUNDS / 2],
            whole[ROUNDS / 2] - run[ROUNDS / 2],
            whole[0],
            run[0],
            whole[0] - run[0]);
      }
    }
  }

  /** The time that this thread worked, which other programs on the machine do not lengthen. */
  private static long cpuTime() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static void sample(OnnxDenoiser model, int batch, int steps) {
    Conditioning three = Conditioning.none().global("class", Tensor.oneHot(10, 3));
    Conditioning none = Conditioning.none().global("class", Tensor.zeros(Shape.of(1, 10)));
    Sampler.of(model, model.schedule())
        .sample(
            Sampling.fromNoise(Shape.images(batch, 1, 28, 28))
                .steps(steps)
                .guidance(Guidance.classifierFree(5, three, none)));
  }

  /** The engine without this library. */
  private static final class Bare implements AutoCloseable {

    private final OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    private final OrtSession session;
    private final Map<String, OnnxTensor> inputs = new HashMap<>();
    private final NativeTensor output;

    Bare(Path file, int batch) throws OrtException {
      OrtEnvironment environment = Natives.environment();
      options.setIntraOpNumThreads(1);
      session = environment.createSession(file.toString(), options);
      inputs.put("sample", input(batch, 1, 28, 28));
      inputs.put("timestep", input(batch));
      inputs.put("class", input(batch, 10));
      output = new NativeTensor(environment, ElementType.FLOAT32, batch, 1, 28, 28);
    }

    private static OnnxTensor input(long... sizes) throws OrtException {
      return new NativeTensor(Natives.environment(), ElementType.FLOAT32, sizes).tensor();
    }

    void run() throws OrtException {
      session.run(inputs, Set.of(), Map.of("out_sample", output.tensor())).close();
    }

    @Override
    public void close() throws OrtException {
      inputs.values().forEach(OnnxTensor::close);
      output.close();
      session.close();
      options.close();
    }
  }
}
