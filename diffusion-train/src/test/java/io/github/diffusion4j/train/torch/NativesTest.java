package io.github.diffusion4j.train.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.diffusion4j.DiffusionException;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which files of LibTorch's jars are unpacked before it is loaded. */
class NativesTest {

  private static final String FOLDER = "org/bytedeco/pytorch/any-x1";

  @TempDir Path folder;

  private URL jar(String build, String... others) throws IOException {
    Path jar = folder.resolve("pytorch" + build + ".jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      for (String name : others) {
        out.putNextEntry(new ZipEntry(FOLDER + build + "/" + name));
      }
    }
    return jar.toUri().toURL();
  }

  private static List<String> libraries(URL... jars) throws IOException {
    try (URLClassLoader loader = new URLClassLoader(jars, null)) {
      return Natives.libraries(loader, "any-x1");
    }
  }

  private static String bridge() {
    return System.mapLibraryName("jnitorch");
  }

  @Test
  void librariesBesideTheBridge() throws IOException {
    assertThat(
            libraries(
                jar("", bridge(), "libc10.so", "libgomp.so.1", "torch.class", "a.properties")))
        .containsExactly(FOLDER + "/" + bridge(), FOLDER + "/libc10.so", FOLDER + "/libgomp.so.1");
  }

  @Test
  void buildForCudaAloneIsEnough() throws IOException {
    assertThat(libraries(jar("-gpu", bridge(), "libtorch_cuda.so")))
        .containsExactly(FOLDER + "-gpu/" + bridge(), FOLDER + "-gpu/libtorch_cuda.so");
  }

  @Test
  void bothBuildsAreUnpackedSinceOneMayNotLoad() throws IOException {
    assertThat(libraries(jar("", bridge()), jar("-gpu", bridge())))
        .containsExactly(FOLDER + "-gpu/" + bridge(), FOLDER + "/" + bridge());
  }

  @Test
  void noneNamesTheArtifacts() {
    assertThatExceptionOfType(DiffusionException.class)
        .isThrownBy(() -> libraries(jar("")))
        .withMessageContainingAll(
            "no LibTorch for any-x1", "org.bytedeco:pytorch", "-gpu", "CUDA 13");
  }
}
