package io.github.diffusion4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import ai.onnxruntime.OrtEnvironment;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.gson.Gson;
import com.sun.jna.Native;
import io.github.diffusion4j.Denoiser;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;
import org.slf4j.LoggerFactory;

/** Java processes of their own. */
public final class Fork {

  /** A class of each library. */
  private static final List<Class<?>> LIBRARIES =
      List.of(
          OnnxDenoiser.class,
          Denoiser.class,
          OrtEnvironment.class,
          LoggerFactory.class,
          TokenizersLibrary.class,
          Engine.class,
          Native.class,
          Gson.class,
          JsonMapper.class,
          JsonFactory.class,
          JsonProperty.class,
          Percentile.class);

  private Fork() {}

  /** Runs a program to its end and returns what it printed, line by line. */
  public static List<String> run(Class<?> main, List<String> options, String argument)
      throws IOException, InterruptedException {
    String classPath =
        Stream.concat(Stream.of(main), LIBRARIES.stream())
            .map(Fork::path)
            .distinct()
            .collect(Collectors.joining(File.pathSeparator));
    List<String> command =
        Stream.of(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()),
                nativeAccess(),
                options,
                List.of("-cp", classPath, main.getName(), argument))
            .flatMap(List::stream)
            .toList();
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output.lines().filter(line -> !line.startsWith("SLF4J")).toList();
  }

  /** The lines of a program that tries something twice and is refused both times. */
  public static List<String> refusals(List<String> printed) {
    List<String> refusals = printed.stream().filter(line -> line.startsWith("refused")).toList();
    assertThat(refusals).hasSize(2);
    return refusals;
  }

  /** Newer JVMs print warnings of native libraries without it, older ones do not know it. */
  private static List<String> nativeAccess() {
    return Runtime.version().feature() < 22
        ? List.of()
        : List.of("--enable-native-access=ALL-UNNAMED");
  }

  private static String path(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(type.toString(), e);
    }
  }
}
