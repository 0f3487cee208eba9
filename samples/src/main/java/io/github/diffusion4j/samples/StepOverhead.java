package io.github.diffusion4j.samples;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.diffusion4j.Sampler;
import io.github.diffusion4j.Sampling;
import io.github.diffusion4j.onnx.OnnxDenoiser;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Measures what a guided sampling step costs outside {@code OrtSession.run}: the time of a step of
 * {@link Sampler} less the time of the bare run, taken in turns on the same graph.
 *
 * <p>Its arguments: a model with the inputs {@code sample} [?, 1, 28, 28], {@code timestep} [?] and
 * {@code class} [?, 10], and the number of steps to measure at a time.
 */
final class StepOverhead {

  private static final int ROUNDS = 15;

  private StepOverhead() {}

  public static void main(String[] args) throws OrtException {
    Path file = Path.of(args.length > 0 ? args[0] : "samples/models/digits.onnx");
    int steps = args.length > 1 ? Integer.parseInt(args[1]) : 10;
    for (int batch : new int[] {1, 40}) {
      measure(file, batch, steps);
    }
  }

  private static void measure(Path file, int batch, int steps) throws OrtException {
    Sampling request =
        Digits.request(IntStream.range(0, batch).map(i -> i % 10).toArray(), 5).steps(steps);
    double[] whole = new double[ROUNDS];
    double[] run = new double[ROUNDS];
    double[] outside = new double[ROUNDS];
    try (OnnxDenoiser model = OnnxDenoiser.builder(file).threads(1).open();
        Bare bare = new Bare(file, 2 * batch)) {
      Sampler sampler = Sampler.of(model);
      for (int round = 0; round < ROUNDS; round++) {
        long start = cpuTime();
        sampler.sample(request);
        long middle = cpuTime();
        for (int i = 0; i < steps; i++) {
          bare.run();
        }
        whole[round] = (middle - start) / 1e6 / steps;
        run[round] = (cpuTime() - middle) / 1e6 / steps;
        outside[round] = whole[round] - run[round];
      }
    }
    System.out.printf(
        "batch %d, guided, ms a step: whole %s, bare run %s, outside %s%n",
        batch, summary(whole), summary(run), summary(outside));
  }

  private static String summary(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return String.format(
        "%.4f (%.4f to %.4f)", sorted[ROUNDS / 2], sorted[ROUNDS / 4], sorted[3 * ROUNDS / 4]);
  }

  /** The time that this thread worked, which other programs on the machine do not lengthen. */
  private static long cpuTime() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  /** The engine without this library. */
  private static final class Bare implements AutoCloseable {

    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    private final OrtSession session;
    private final Map<String, OnnxTensor> inputs = new HashMap<>();
    private final OnnxTensor output;

    Bare(Path file, int batch) throws OrtException {
      options.setIntraOpNumThreads(1);
      session = environment.createSession(file.toString(), options);
      inputs.put("sample", tensor(batch, 1, 28, 28));
      inputs.put("timestep", tensor(batch));
      inputs.put("class", tensor(batch, 10));
      output = tensor(batch, 1, 28, 28);
    }

    private OnnxTensor tensor(long... sizes) throws OrtException {
      int count = (int) Arrays.stream(sizes).reduce(1, Math::multiplyExact);
      FloatBuffer values =
          ByteBuffer.allocateDirect(count * Float.BYTES)
              .order(ByteOrder.nativeOrder())
              .asFloatBuffer();
      return OnnxTensor.createTensor(environment, values, sizes);
    }

    void run() throws OrtException {
      session.run(inputs, Set.of(), Map.of("out_sample", output)).close();
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
