package io.github.diffusion4j.samples.parta;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.onnx.model.DeepFloydIf;
import io.github.diffusion4j.pipeline.Pipeline;
import io.github.diffusion4j.pipeline.Request;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Measures what an image takes, on demand: for each line {@code image} of the standard input it
 * makes one guided image of stage I, for each line {@code bare} it runs the network as often
 * without this library; each is answered by the milliseconds. {@code
 * docs/benchmark/against_diffusers.py} asks it in turns with diffusers.
 *
 * <p>Its arguments: the folder of a stage I with a text encoder, whose network has the inputs of
 * the export; the steps of an image; the threads of the engine.
 */
final class ImageTimes {

  private static final String PROMPT = "an oil painting of people around a campfire";
  private static final int TOKENS = 77;

  private ImageTimes() {}

  public static void main(String[] args) throws IOException, OrtException {
    Path folder = Path.of(args[0]);
    int steps = Integer.parseInt(args[1]);
    int threads = Integer.parseInt(args[2]);
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (DeepFloydIf model = DeepFloydIf.builder(folder).threads(threads).open();
        Bare bare = new Bare(folder.resolve("unet/model.onnx"), model, threads)) {
      Request<String> request = model.stage1().generate(PROMPT).steps(steps);
      for (String order = orders.readLine(); order != null; order = orders.readLine()) {
        long start = now(threads);
        if (order.equals("bare")) {
          bare.run(steps);
        } else {
          Tensor image = request.tensor();
          if (!image.isFinite()) {
            throw new IllegalStateException("the image is not finite");
          }
        }
        System.out.println((now(threads) - start) / 1e6);
      }
    }
  }

  /** With one thread the time that it worked, which other programs do not lengthen. */
  private static long now(int threads) {
    return threads > 1
        ? System.nanoTime()
        : ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  /** The engine without this library, told what a guided step tells it. */
  private static final class Bare implements AutoCloseable {

    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    private final OrtSession session;
    private final Map<String, OnnxTensor> inputs = new HashMap<>();
    private final OnnxTensor output;

    Bare(Path file, DeepFloydIf model, int threads) throws OrtException {
      options.setIntraOpNumThreads(threads);
      session = environment.createSession(file.toString(), options);
      Pipeline<String> stage = model.stage1();
      int side = ModelOptions.side(stage);
      int dim = model.embeddings().of(PROMPT).shape().size(2);
      inputs.put("sample", tensor(2, 3, side, side));
      inputs.put("timestep", OnnxTensor.createTensor(environment, 500L));
      inputs.put("encoder_hidden_states", tensor(2, TOKENS, dim));
      output = tensor(2, 6, side, side);
    }

    private OnnxTensor tensor(long... sizes) throws OrtException {
      int count = (int) Arrays.stream(sizes).reduce(1, Math::multiplyExact);
      ByteBuffer bytes =
          ByteBuffer.allocateDirect(count * Float.BYTES).order(ByteOrder.nativeOrder());
      return OnnxTensor.createTensor(environment, bytes.asFloatBuffer(), sizes);
    }

    void run(int times) throws OrtException {
      for (int i = 0; i < times; i++) {
        session.run(inputs, Set.of(), Map.of("out_sample", output)).close();
      }
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
