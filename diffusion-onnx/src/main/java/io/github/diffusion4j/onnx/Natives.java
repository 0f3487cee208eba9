package io.github.diffusion4j.onnx;

import ai.onnxruntime.OrtEnvironment;
import io.github.diffusion4j.DiffusionException;
import java.util.concurrent.atomic.AtomicReference;

/** The one environment of ONNX Runtime in this process. */
final class Natives {

  /** The first failure; later ones no longer know the cause. */
  private static final AtomicReference<Throwable> FAILURE = new AtomicReference<>();

  private Natives() {}

  /**
   * The environment, as whoever came first made it.
   *
   * @throws DiffusionException if there are no native libraries for this machine
   */
  static OrtEnvironment environment() {
    try {
      return OrtEnvironment.getEnvironment();
    } catch (LinkageError | RuntimeException e) {
      FAILURE.compareAndSet(null, e);
      Throwable first = FAILURE.get();
      throw new DiffusionException(missing(first == null ? e : first), first == null ? e : first);
    }
  }

  private static String missing(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return "ONNX Runtime does not start on "
        + platform()
        + ": expected its native library, which com.microsoft.onnxruntime:onnxruntime has for"
        + " Linux x64 and arm64 with glibc, macOS arm64 and Windows x64, found: "
        + root;
  }

  /** The operating system and the processor. */
  static String platform() {
    return System.getProperty("os.name") + " " + System.getProperty("os.arch");
  }
}
