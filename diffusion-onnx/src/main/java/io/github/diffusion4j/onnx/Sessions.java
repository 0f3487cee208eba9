package io.github.diffusion4j.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtException.OrtErrorCode;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import io.github.diffusion4j.DiffusionException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads models, on the first provider that works. */
final class Sessions {

  private static final Logger LOG = LoggerFactory.getLogger(OnnxDenoiser.class);

  /** What ONNX Runtime says of a bad file, whatever the provider. */
  private static final Set<OrtErrorCode> BAD_FILE =
      Set.of(
          OrtErrorCode.ORT_INVALID_PROTOBUF,
          OrtErrorCode.ORT_INVALID_GRAPH,
          OrtErrorCode.ORT_NO_SUCHFILE,
          OrtErrorCode.ORT_NO_MODEL);

  private Sessions() {}

  /** A loaded model and what it runs on. */
  record Opened(OrtSession session, SessionOptions options, Provider provider) {

    void close() {
      try {
        session.close();
      } catch (OrtException e) {
        LOG.warn("a model could not be closed: {}", e.getMessage());
      }
      options.close();
    }
  }

  /**
   * Loads a model.
   *
   * @throws DiffusionException if the file is not a model, or no provider works
   */
  static Opened open(Path file, Provider wanted, OptionalInt threads) {
    ModelFile.check(file);
    OrtEnvironment environment = Natives.environment();
    List<Provider> candidates = wanted.candidates();
    for (int i = 0; ; i++) {
      Provider provider = candidates.get(i);
      try {
        return open(environment, file, provider, threads);
      } catch (OrtException e) {
        if (!provider.isCuda() || BAD_FILE.contains(e.getCode())) {
          throw notLoaded(file, e);
        }
        String message = String.valueOf(e.getMessage());
        String reason = message + "; " + CudaAdvice.of(message);
        if (i + 1 == candidates.size()) {
          throw new DiffusionException(
              file + ": expected to run on " + provider + ", found: " + reason, e);
        }
        LOG.warn("{} cannot be used, trying {}: {}", provider, candidates.get(i + 1), reason);
      }
    }
  }

  private static DiffusionException notLoaded(Path file, OrtException e) {
    return new DiffusionException(
        file
            + ": expected an ONNX model, found "
            + ModelFile.size(file)
            + " bytes that ONNX Runtime does not load: "
            + e.getMessage(),
        e);
  }

  private static Opened open(
      OrtEnvironment environment, Path file, Provider provider, OptionalInt threads)
      throws OrtException {
    if (provider.isCuda()) {
      probe(environment, provider);
    }
    SessionOptions options = new SessionOptions();
    try {
      configure(options, provider);
      if (threads.isPresent()) {
        options.setIntraOpNumThreads(threads.getAsInt());
      }
      return new Opened(ModelFile.load(environment, file, options), options, provider);
    } catch (OrtException | RuntimeException e) {
      options.close();
      throw e;
    }
  }

  private static void configure(SessionOptions options, Provider provider) throws OrtException {
    options.setOptimizationLevel(SessionOptions.OptLevel.ALL_OPT);
    // Every error comes as an exception; the lines on the console would only repeat them.
    options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
    if (provider.isCuda()) {
      // Memory patterns made runs from changing threads take more and more device memory
      // (microsoft/onnxruntime issue 29351).
      options.setMemoryPatternOptimization(false);
      try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(provider.device())) {
        // The default tries every algorithm anew for every shape.
        cuda.add("cudnn_conv_algo_search", "HEURISTIC");
        // The default doubles the memory with every extension.
        cuda.add("arena_extend_strategy", "kSameAsRequested");
        if (provider.memoryLimit().isPresent()) {
          cuda.add("gpu_mem_limit", Long.toString(provider.memoryLimit().getAsLong()));
        }
        options.addCUDA(cuda);
      }
    }
  }

  /** Runs one convolution, which shows whether driver, device, CUDA and cuDNN work together. */
  private static void probe(OrtEnvironment environment, Provider provider) throws OrtException {
    if (!OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA)) {
      throw new OrtException(OrtErrorCode.ORT_EP_FAIL, "Failed to find CUDA shared provider");
    }
    try (SessionOptions options = new SessionOptions()) {
      configure(options, provider);
      try (OrtSession session = environment.createSession(convolution(), options);
          OnnxTensor input =
              OnnxTensor.createTensor(
                  environment,
                  ByteBuffer.allocateDirect(64).order(ByteOrder.nativeOrder()).asFloatBuffer(),
                  new long[] {1, 1, 4, 4})) {
        session.run(Map.of("x", input)).close();
      }
    }
  }

  private static byte[] convolution() {
    try (InputStream model = Sessions.class.getResourceAsStream("convolution.onnx")) {
      if (model == null) {
        throw new DiffusionException("convolution.onnx: expected beside " + Sessions.class);
      }
      return model.readAllBytes();
    } catch (IOException e) {
      throw new DiffusionException("convolution.onnx: cannot be read: " + e, e);
    }
  }
}
