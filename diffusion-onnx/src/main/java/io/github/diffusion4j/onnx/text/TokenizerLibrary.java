package io.github.diffusion4j.onnx.text;

import ai.djl.huggingface.tokenizers.jni.LibUtils;
import io.github.diffusion4j.DiffusionException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The native library of DJL's tokenizers, loaded from its jar and never from elsewhere.
 *
 * <p>On a machine with a CUDA device DJL would download another library, unless it is told to take
 * the one for the processor or to stay offline.
 */
final class TokenizerLibrary {

  private static final String FLAVOR = "RUST_FLAVOR";
  private static final String OFFLINE = "ai.djl.offline";

  /** The first failure; later ones no longer know the cause. */
  private static final AtomicReference<Throwable> FAILURE = new AtomicReference<>();

  private TokenizerLibrary() {}

  /**
   * Loads the library if it is not yet.
   *
   * @throws DiffusionException if there is none for this machine
   */
  static void load() {
    checkEnvironment(Optional.ofNullable(System.getenv(FLAVOR)).orElse(""));
    try {
      loadOffline();
    } catch (LinkageError | AssertionError | RuntimeException e) {
      FAILURE.compareAndSet(null, e);
      Throwable first = Optional.ofNullable(FAILURE.get()).orElse(e);
      throw new DiffusionException(missing(first), first);
    }
  }

  /** The environment goes before system properties, and cannot be changed from here. */
  static void checkEnvironment(String flavor) {
    if (!flavor.isEmpty() && !flavor.startsWith("cpu")) {
      throw new DiffusionException(
          "environment variable "
              + FLAVOR
              + ": expected cpu, or none, found "
              + flavor
              + ", whose library would be downloaded");
    }
  }

  /** Leaves the properties as they were: the application may use DJL for other things. */
  private static synchronized void loadOffline() {
    Optional<String> flavor = Optional.ofNullable(System.getProperty(FLAVOR));
    Optional<String> offline = Optional.ofNullable(System.getProperty(OFFLINE));
    try {
      System.setProperty(FLAVOR, "cpu");
      System.setProperty(OFFLINE, "true");
      LibUtils.checkStatus();
    } finally {
      restore(FLAVOR, flavor);
      restore(OFFLINE, offline);
    }
  }

  private static void restore(String property, Optional<String> value) {
    value.ifPresentOrElse(
        text -> System.setProperty(property, text), () -> System.clearProperty(property));
  }

  private static String missing(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return "the tokenizers do not start on "
        + System.getProperty("os.name")
        + " "
        + System.getProperty("os.arch")
        + ": expected their native library, which ai.djl.huggingface:tokenizers has for Linux x64"
        + " and arm64 with glibc 2.34 or newer, macOS arm64 and Windows x64, found: "
        + root
        + "; embeddings made elsewhere can be used by PromptEmbeddings.read";
  }
}
