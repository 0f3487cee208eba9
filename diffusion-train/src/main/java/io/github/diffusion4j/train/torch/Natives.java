package io.github.diffusion4j.train.torch;

import io.github.diffusion4j.DiffusionException;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Loads LibTorch once.
 *
 * <p>All libraries are extracted before the first is loaded: JavaCPP extracts one at a time, and on
 * an empty cache the system's linker would take a missing one from a LibTorch installed elsewhere,
 * which ends the process.
 */
public final class Natives {

  private static final String PRESETS = "org.bytedeco.pytorch.presets.torch";
  private static final String LIMIT = "org.bytedeco.javacpp.maxPhysicalBytes";
  private static final String FOLDER = "org/bytedeco/pytorch/";

  /** What JavaCPP adds to the platform's name for the build with CUDA, which it prefers. */
  private static final String CUDA = "-gpu";

  private static final List<String> BUILDS = List.of(CUDA, "");
  private static final String CUDA_LIBRARIES =
      "it needs the libraries of CUDA 13, cuDNN 9 and, on Linux, NCCL 2, from the system or from"
          + " org.bytedeco:cuda-redist and its parts";
  private static boolean loaded;

  private Natives() {}

  /**
   * Makes sure that LibTorch is loaded.
   *
   * @throws DiffusionException if there is no LibTorch for this platform on the class path, or it
   *     cannot be loaded; the message names the artifact to add
   */
  public static synchronized void load() {
    if (loaded) {
      return;
    }
    String platform = Loader.getPlatform();
    liftLimit();
    try {
      extract(platform);
      Loader.load(torch.class);
      // A second BLAS thread spins after each small product and takes a core from the convolutions.
      openblas_nolapack.blas_set_num_threads(1);
      loaded = true;
    } catch (ClassNotFoundException | IOException | LinkageError e) {
      throw new DiffusionException(
          "LibTorch for " + platform + " cannot be loaded: " + cause(e) + "; " + advice(platform),
          e);
    }
  }

  /** The first of the causes, which names the library that is missing. */
  private static Throwable cause(Throwable e) {
    Throwable cause = e.getCause();
    return cause == null ? e : cause(cause);
  }

  /**
   * JavaCPP ends work by an OutOfMemoryError where the resident memory is above four times the
   * largest heap, whatever the machine has, against leaks of memory that garbage collection should
   * free. This library frees its own at once, and needs more of it than heap.
   */
  private static void liftLimit() {
    if (System.getProperty(LIMIT) == null
        && System.getProperty(LIMIT.toLowerCase(Locale.ROOT)) == null) {
      System.setProperty(LIMIT, "0");
    }
  }

  private static void extract(String platform) throws ClassNotFoundException, IOException {
    Class<?> presets = presets();
    for (String library : libraries(presets.getClassLoader(), platform)) {
      Loader.cacheResource(presets, "/" + library);
    }
  }

  private static Class<?> presets() throws ClassNotFoundException {
    return Class.forName(PRESETS, false, Natives.class.getClassLoader());
  }

  /**
   * The libraries that lie beside LibTorch's bridge to Java, whatever the platform calls them, of
   * each build that there is.
   */
  static List<String> libraries(ClassLoader loader, String platform) throws IOException {
    List<String> found = new ArrayList<>();
    boolean isThere = false;
    for (String build : BUILDS) {
      String folder = FOLDER + platform + build + "/";
      // By the class loader, since on the module path the libraries are a module of their own.
      URL bridge = loader.getResource(folder + System.mapLibraryName("jnitorch"));
      if (bridge != null) {
        isThere = true;
        found.addAll(beside(bridge, folder));
      }
    }
    if (!isThere) {
      throw new DiffusionException(
          "there is no LibTorch for " + platform + " on the class path; " + advice(platform));
    }
    return found;
  }

  private static List<String> beside(URL bridge, String folder) throws IOException {
    URLConnection connection = bridge.openConnection();
    if (!(connection instanceof JarURLConnection jar)) {
      // Not in a jar, so the files lie side by side already.
      return List.of();
    }
    jar.setUseCaches(false);
    try (JarFile file = jar.getJarFile()) {
      return file.stream()
          .map(ZipEntry::getName)
          .filter(name -> name.startsWith(folder) && isLibrary(name))
          .toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Why LibTorch, which is loaded, finds no CUDA device. */
  static String whyNoCuda() {
    String platform = Loader.getPlatform();
    String library = FOLDER + platform + CUDA + "/" + System.mapLibraryName("torch_cuda");
    try {
      @Nullable File file = Loader.cacheResource(presets(), "/" + library);
      if (file == null) {
        return "the build of LibTorch on the class path is without CUDA: on Linux or Windows x64, put"
            + " org.bytedeco:pytorch with classifier linux-x86_64-gpu or windows-x86_64-gpu in place"
            + " of "
            + platform;
      }
      System.load(file.getPath());
      return "LibTorch's build for CUDA 13 is loaded, and finds no NVIDIA driver for it, or no device";
    } catch (ClassNotFoundException | IOException | LinkageError e) {
      return "LibTorch's build for CUDA cannot be loaded: "
          + e.getMessage()
          + "; "
          + CUDA_LIBRARIES;
    }
  }

  private static boolean isLibrary(String name) {
    return name.matches("[^ ]+/[^/ ]+\\.(dll|dylib|so(\\.[0-9]+)*)");
  }

  private static String advice(String platform) {
    return "add org.bytedeco:pytorch, org.bytedeco:openblas and org.bytedeco:javacpp with"
        + " classifier "
        + platform
        + " (LibTorch exists for linux-x86_64, macosx-arm64, macosx-x86_64 and windows-x86_64);"
        + " the build for CUDA has -gpu after the classifier of org.bytedeco:pytorch alone, and "
        + CUDA_LIBRARIES;
  }
}
