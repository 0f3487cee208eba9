package io.github.diffusion4j.onnx;

import static io.github.diffusion4j.onnx.Models.counting;
import static io.github.diffusion4j.onnx.Models.plus;
import static io.github.diffusion4j.onnx.Models.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.diffusion4j.DiffusionException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelFileTest {

  @TempDir private Path folder;

  private void assertRefused(Path file, String found) {
    assertThatThrownBy(() -> OnnxDenoiser.open(file))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContainingAll(file.toString(), "expected an ONNX model", found);
  }

  @Test
  void noFile() {
    assertRefused(folder.resolve("none.onnx"), "no such file");
  }

  @Test
  void aFolder() {
    assertRefused(folder, "a folder");
  }

  @Test
  void anEmptyFile() throws IOException {
    assertRefused(Files.createFile(folder.resolve("empty.onnx")), "an empty file");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.01, 0.3, 0.5, 0.9, 0.99})
  void aTruncatedFile(double share) throws IOException {
    byte[] whole = Files.readAllBytes(Models.file("slow"));
    int kept = (int) (share * whole.length);
    Path file = folder.resolve("truncated.onnx");
    Files.write(file, Arrays.copyOf(whole, kept));

    assertRefused(file, kept + " bytes");
  }

  @Test
  void aFileOfAnotherKind() throws IOException {
    Path file = folder.resolve("text.onnx");
    Files.writeString(file, "PK\u0003\u0004 this is not a model");

    assertRefused(file, "bytes");
  }

  @ParameterizedTest
  @ValueSource(strings = {"with space", "größer", "模型", "dice 🎲", "a/🎲/b"})
  void everyFolderNameWorksAlsoWithWeightsBeside(String name) throws IOException {
    Path inner = Files.createDirectories(folder.resolve(name));
    Path file = inner.resolve("model 🎲.onnx");
    Files.copy(Models.file("external"), file);
    Files.copy(
        Models.file("external").resolveSibling("external.onnx_data"),
        inner.resolve("external.onnx_data"));
    try (OnnxDenoiser model = OnnxDenoiser.open(file)) {
      assertConstant(model);
    }
  }

  @Test
  void linksToModelAndWeightsAreFollowedAsInAHuggingFaceCache() throws IOException {
    Path blobs = Files.createDirectories(folder.resolve("blobs"));
    Path snapshot = Files.createDirectories(folder.resolve("snapshots/main"));
    Path graph = blobs.resolve("0a");
    Path weights = blobs.resolve("0b");
    Files.copy(Models.file("external"), graph);
    Files.copy(Models.file("external").resolveSibling("external.onnx_data"), weights);
    Path file = Files.createSymbolicLink(snapshot.resolve("model.onnx"), graph);
    Files.createSymbolicLink(snapshot.resolve("external.onnx_data"), weights);
    try (OnnxDenoiser model = OnnxDenoiser.open(file)) {
      assertConstant(model);
    }
  }

  @Test
  void missingWeightsAreNamed() throws IOException {
    Path file = folder.resolve("alone.onnx");
    Files.copy(Models.file("external"), file);

    assertRefused(file, "external.onnx_data");
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.onnx", "🎲.onnx"})
  void weightsOutsideOfTheFolderAreRefused(String name) throws IOException {
    Path outside = Files.createDirectories(folder.resolve("out"));
    Path file = Files.createDirectories(folder.resolve("in")).resolve(name);
    Files.copy(
        Models.file("external").resolveSibling("external.onnx_data"),
        outside.resolve("weights.bin"));
    String graph = Files.readString(Models.file("external"), StandardCharsets.ISO_8859_1);
    Files.writeString(
        file,
        graph.replace("external.onnx_data", "../out/weights.bin"),
        StandardCharsets.ISO_8859_1);

    assertRefused(file, "External data path");
  }

  private static void assertConstant(OnnxDenoiser model) {
    var x = counting(1, 1, 16, 16);
    // A flow to the data of 0.5 at the middle of the path: clean = x + 0.5/2 for the level ½, ½.
    var estimate = model.estimate(query(x, 0));
    assertThat(estimate.clean()).isEqualTo(plus(x, 0.25));
  }
}
