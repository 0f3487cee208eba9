package io.github.diffusion4j.train.torch;

import io.github.diffusion4j.DiffusionException;
import java.io.IOException;
import java.util.List;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.bytedeco.pytorch.global.torch;

/**
 * Loads LibTorch once.
 *
 * <p>All libraries are extracted before the first is loaded: JavaCPP extracts one at a time, and on
 * an empty cache the system's linker would take a missing one from a LibTorch installed elsewhere,
 * which ends the process.
 */
public final class Natives {

  private Natives() {}

  /** Makes sure that LibTorch is loaded. */
  public static void load() {
    Loaded.once();
  }

  private static final class Loaded {
    static {
      extract();
      Loader.load(torch.class);
      // A second BLAS thread spins after each small product and takes a core from the convolutions.
      openblas_nolapack.blas_set_num_threads(1);
    }

    static void once() {}

    private static void extract() {
      String platform = Loader.getPlatform();
      try {
        Class<?> presets =
            Class.forName(
                "org.bytedeco.pytorch.presets.torch", false, Natives.class.getClassLoader());
        for (String library : libraries(platform)) {
          Loader.cacheResource(presets, "/org/bytedeco/pytorch/" + platform + "/" + library);
        }
      } catch (ClassNotFoundException | IOException e) {
        throw new DiffusionException("LibTorch for " + platform + " cannot be extracted", e);
      }
    }

    private static List<String> libraries(String platform) {
      return List.of(
          "libc10.so", "libgomp.so.1", "libtorch_cpu.so", "libtorch.so", "libjnitorch.so");
    }
  }
}
