package io.github.diffusion4j.samples;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/** A classifier of MNIST digits as an ONNX model: {@code image} to {@code logits, features}. */
public final class Judge implements AutoCloseable {

  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;

  public Judge(Path model) throws OrtException {
    session = environment.createSession(model.toString());
  }

  /**
   * What the classifier says of some images.
   *
   * @param logits {@code [images, 10]}
   * @param features {@code [images, 64]}
   */
  public record Verdict(Tensor logits, Tensor features) {

    /** The digit that image i reads as. */
    public int digit(int i) {
      int best = 0;
      for (int d = 1; d < Digits.CLASSES; d++) {
        best = logits.get(i, d) > logits.get(i, best) ? d : best;
      }
      return best;
    }
  }

  public Verdict judge(Tensor images) throws OrtException {
    long[] shape = Arrays.stream(images.shape().toArray()).asLongStream().toArray();
    try (OnnxTensor input =
            OnnxTensor.createTensor(environment, FloatBuffer.wrap(images.toArray()), shape);
        OrtSession.Result result = session.run(Map.of("image", input))) {
      return new Verdict(tensor(result, "logits"), tensor(result, "features"));
    }
  }

  private static Tensor tensor(OrtSession.Result result, String name) {
    OnnxTensor found = (OnnxTensor) result.get(name).orElseThrow();
    int[] sizes = Arrays.stream(found.getInfo().getShape()).mapToInt(Math::toIntExact).toArray();
    return Tensor.of(Shape.of(sizes), found.getFloatBuffer());
  }

  @Override
  public void close() throws OrtException {
    session.close();
  }
}
