package io.github.diffusion4j.train.export;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.diffusion4j.train.net.Input;
import io.github.diffusion4j.train.net.Network;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** An exported network, run by ONNX Runtime. */
public final class OnnxRun implements AutoCloseable {

  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;

  /** Opens a file. */
  public OnnxRun(Path file) throws OrtException {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      session = environment.createSession(file.toString(), options);
    }
  }

  OrtSession session() {
    return session;
  }

  /** The prediction for some images, by the inputs' names. */
  public float[] predict(Network network, Map<String, float[]> inputs, int batch)
      throws OrtException {
    Map<String, OnnxTensor> tensors = new HashMap<>();
    try {
      for (Input input : network.inputs()) {
        long[] shape = new long[input.shape().size() + 1];
        shape[0] = batch;
        for (int i = 0; i < input.shape().size(); i++) {
          shape[i + 1] = input.shape().get(i);
        }
        FloatBuffer values = FloatBuffer.wrap(inputs.get(input.name()));
        tensors.put(input.name(), OnnxTensor.createTensor(environment, values, shape));
      }
      try (OrtSession.Result result = session.run(tensors)) {
        OnnxTensor out = (OnnxTensor) result.get(OnnxExport.OUTPUT).orElseThrow();
        float[] values = new float[out.getFloatBuffer().remaining()];
        out.getFloatBuffer().get(values);
        return values;
      }
    } finally {
      tensors.values().forEach(OnnxTensor::close);
    }
  }

  @Override
  public void close() throws OrtException {
    session.close();
  }
}
