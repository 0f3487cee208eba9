package io.github.diffusion4j.onnx.text;

import ai.djl.huggingface.tokenizers.jni.LibUtils;
import io.github.diffusion4j.DiffusionException;
import java.util.Map;
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
  private static final Map<String, String> WHILE_LOADING =
      Map.of(FLAVOR, "cpu", "ai.djl.offline", "true");

  /** The first failure; later ones no longer know the cause. */
  private static final AtomicReference<Throwable> FAILURE = new AtomicReference<>();

  private TokenizerLibrary() {}

  /**
   * Loads the library if it is not yet.
   *
   * @throws DiffusionException if there is none for this machine
   */
  static void load() {
    // The environment goes before system properties, and cannot be changed from here.
    String flavor = Optional.ofNullable(System.getenv(FLAVOR)).orElse("");
    if (!flavor.isEmpty() && !flavor.startsWith("cpu")) {
      throw new DiffusionException(
          "environment variable "
              + FLAVOR
              + ": expected cpu, or none, found "
              + flavor
              + ", whose library would be downloaded");
    }
    try {
      loadOffline();
    } catch (LinkageError | AssertionError | RuntimeException e) {
      FAILURE.compareAndSet(null, e);
      Throwable first = Optional.ofNullable(FAILURE.get()).orElse(e);
      throw new DiffusionException(missing(first), first);
    }
  }

  /** Leaves the properties as they were: the application may use DJL for other things. */
  private static synchronized void loadOffline() {
    Map<String, Optional<String>> before =
        Map.of(
            FLAVOR,
            Optional.ofNullable(System.getProperty(FLAVOR)),
            "ai.djl.offline",
            Optional.ofNullable(System.getProperty("ai.djl.offline")));
    try {
      WHILE_LOADING.forEach(System::setProperty);
      LibUtils.checkStatus();
    } finally {
      before.forEach(
          (name, value) ->
              value.ifPresentOrElse(
                  text -> System.setProperty(name, text), () -> System.clearProperty(name)));
    }
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
