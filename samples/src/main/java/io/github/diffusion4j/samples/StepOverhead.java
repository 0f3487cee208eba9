package io.github.diffusion4j.samples;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.github.diffusion4j.Frame;
import io.github.diffusion4j.Sampler;
import io.github.diffusion4j.Sampling;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.onnx.OnnxDenoiser;
import io.github.diffusion4j.onnx.model.DeepFloydIf;
import io.github.diffusion4j.pipeline.Pipeline;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Measures what a guided sampling step costs outside {@code OrtSession.run}: the time of a step of
 * a request less the time of the bare run, taken in turns on the same graph.
 */
@Command(
    name = "StepOverhead",
    description = "Measures what a guided step costs outside OrtSession.run, by one thread.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class StepOverhead implements Callable<Integer> {

  private static final int TOKENS = 77;

  @Option(
      names = "--model",
      description = "The digits, or a folder with stage I in the layout of DeepFloyd IF.")
  private Path model = Path.of("samples/models/digits.onnx");

  @Option(names = "--steps", description = "Steps of an image.")
  private int steps = 20;

  @Option(names = "--images", description = "Images that are measured.")
  private int images = 15;

  @Option(names = "--warm-up", description = "Seconds before the measurement.")
  private int warmUp = 10;

  public static void main(String[] args) {
    System.exit(new CommandLine(new StepOverhead()).execute(args));
  }

  @Override
  public Integer call() throws OrtException {
    if (Files.isDirectory(model)) {
      measureFolder();
    } else {
      measureDigits(1);
      measureDigits(40);
    }
    return 0;
  }

  private void measureDigits(int batch) throws OrtException {
    int[] labels = IntStream.range(0, batch).map(i -> i % Digits.CLASSES).toArray();
    Sampling request = Digits.request(labels, 5).steps(steps);
    try (OnnxDenoiser network = OnnxDenoiser.builder(model).threads(1).open();
        Bare bare = new Bare(model)) {
      bare.input("sample", 2L * batch, 1, 28, 28);
      bare.input("timestep", 2L * batch);
      bare.input("class", 2L * batch, Digits.CLASSES);
      Sampler sampler = Sampler.of(network);
      measure("batch " + batch, () -> sampler.frames(request), bare);
    }
  }

  /** One image, by embeddings of zeros, so that the folder needs no text encoder. */
  private void measureFolder() throws OrtException {
    Path stage = Files.isDirectory(model.resolve("stage1")) ? model.resolve("stage1") : model;
    try (Bare bare = new Bare(stage.resolve("unet").resolve("model.onnx"))) {
      int width = (int) bare.info("encoder_hidden_states").getShape()[2];
      Tensor nothing = Tensor.zeros(Shape.of(1, TOKENS, width));
      try (DeepFloydIf opened =
          DeepFloydIf.builder(stage).threads(1).embeddings(prompt -> nothing).open()) {
        Pipeline<String> pipeline = opened.stage1();
        Shape image = pipeline.image();
        bare.input("sample", 2, image.size(1), image.size(2), image.size(3));
        bare.input("timestep");
        bare.input("encoder_hidden_states", 2, TOKENS, width);
        measure("one image " + image, () -> pipeline.generate("").steps(steps).frames(), bare);
      }
    }
  }

  private void measure(String what, Supplier<Iterable<Frame>> request, Bare bare)
      throws OrtException {
    long end = System.nanoTime() + warmUp * 1_000_000_000L;
    do {
      image(request, bare, new ArrayList<>());
    } while (System.nanoTime() < end);
    double[] before = new double[images];
    List<Times> times = new ArrayList<>();
    for (int i = 0; i < images; i++) {
      before[i] = image(request, bare, times) / 1e6;
    }
    System.out.printf(
        "%s, guided, ms a step: whole %s, bare run %s, outside %s, which is %s %%;"
            + " before the first step %s%n",
        what,
        summary(times.stream().mapToDouble(Times::whole)),
        summary(times.stream().mapToDouble(Times::run)),
        summary(times.stream().mapToDouble(Times::outside)),
        summary(times.stream().mapToDouble(time -> 100 * time.outside() / time.whole())),
        summary(Arrays.stream(before)));
  }

  /** The times of a step and of the bare run behind it, in milliseconds. */
  private record Times(double whole, double run) {

    double outside() {
      return whole - run;
    }
  }

  /** Makes one image; after each of its steps comes a bare run. Gives the time before them. */
  private static long image(Supplier<Iterable<Frame>> request, Bare bare, List<Times> times)
      throws OrtException {
    long start = cpuTime();
    Iterator<Frame> frames = request.get().iterator();
    long before = cpuTime() - start;
    while (frames.hasNext()) {
      start = cpuTime();
      frames.next();
      long middle = cpuTime();
      bare.run();
      long end = cpuTime();
      times.add(new Times((middle - start) / 1e6, (end - middle) / 1e6));
    }
    return before;
  }

  /** The median and the quartiles. */
  private static String summary(DoubleStream values) {
    double[] sorted = values.sorted().toArray();
    int count = sorted.length;
    return String.format(
        "%.4f (%.4f to %.4f)", sorted[count / 2], sorted[count / 4], sorted[3 * count / 4]);
  }

  /** The time that this thread worked, which other programs on the machine do not lengthen. */
  private static long cpuTime() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  /** The engine without this library. */
  private static final class Bare implements AutoCloseable {

    private static final String OUTPUT = "out_sample";

    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    private final OrtSession session;
    private final Map<String, OnnxTensor> inputs = new HashMap<>();
    private final Map<String, OnnxTensor> outputs = new HashMap<>();

    Bare(Path file) throws OrtException {
      options.setIntraOpNumThreads(1);
      session = environment.createSession(file.toString(), options);
    }

    /** What the graph says of an input. */
    TensorInfo info(String name) throws OrtException {
      NodeInfo node = session.getInputInfo().get(name);
      if (node == null) {
        throw new IllegalArgumentException("the graph has no input " + name);
      }
      return (TensorInfo) node.getInfo();
    }

    /** Normal noise for images, as in a run, zeros for the rest. */
    void input(String name, long... sizes) throws OrtException {
      OnnxJavaType type = info(name).type;
      ByteBuffer memory = memory(type, sizes);
      if (sizes.length == 4 && type == OnnxJavaType.FLOAT) {
        Random random = new Random(1);
        for (int at = 0; at < memory.capacity(); at += Float.BYTES) {
          memory.putFloat(at, (float) random.nextGaussian());
        }
      }
      inputs.put(name, OnnxTensor.createTensor(environment, memory, sizes, type));
    }

    private static ByteBuffer memory(OnnxJavaType type, long... sizes) {
      int count = (int) Arrays.stream(sizes).reduce(1, Math::multiplyExact);
      return ByteBuffer.allocateDirect(count * type.size).order(ByteOrder.nativeOrder());
    }

    void run() throws OrtException {
      if (outputs.isEmpty()) {
        try (OrtSession.Result first = session.run(inputs)) {
          TensorInfo found = (TensorInfo) first.get(0).getInfo();
          ByteBuffer memory = memory(found.type, found.getShape());
          OnnxTensor output =
              OnnxTensor.createTensor(environment, memory, found.getShape(), found.type);
          outputs.put(OUTPUT, output);
        }
      }
      session.run(inputs, Set.of(), outputs).close();
    }

    @Override
    public void close() throws OrtException {
      inputs.values().forEach(OnnxTensor::close);
      outputs.values().forEach(OnnxTensor::close);
      session.close();
      options.close();
    }
  }
}
