package io.github.diffusion4j.train.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl;
import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxModelMetadata;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo;
import com.google.protobuf.TextFormat;
import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.train.ResidualUNet;
import io.github.diffusion4j.train.UNet;
import io.github.diffusion4j.train.UNet.TimeEffect;
import io.github.diffusion4j.train.export.proto.Onnx.ModelProto;
import io.github.diffusion4j.train.export.proto.Onnx.TensorProto;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OnnxExportTest {

  static final UNet CLASSES = UNet.width(4).time(TimeEffect.SCALE).classes(10);

  @TempDir Path folder;

  static Stream<UNet> forms() {
    return Forms.all();
  }

  @ParameterizedTest
  @MethodSource("forms")
  void everyBatchGivesEachImageTheSamePrediction(UNet network) throws OrtException {
    Path file = folder.resolve("net.onnx");
    OnnxExport.write(network, new RandomParameters(network, 1), Map.of(), file);
    int pixels = network.channels() * network.size() * network.size();
    try (OnnxRun run = new OnnxRun(file)) {
      float[] many = run.predict(network, Forms.inputs(network, 40, 2), 40);
      assertThat(many).hasSize(40 * pixels);
      for (int batch : new int[] {1, 4}) {
        Map<String, float[]> inputs = Forms.inputs(network, 40, 2);
        inputs.replaceAll((name, all) -> Arrays.copyOf(all, all.length / 40 * batch));
        float[] few = run.predict(network, inputs, batch);
        assertThat(few).hasSize(batch * pixels);
        for (int i = 0; i < few.length; i++) {
          assertThat(Math.abs(few[i] - many[i])).isLessThan(1e-5f);
        }
      }
    }
  }

  @Test
  void inputsAndOutputHaveTheNetworksNamesAndShapes() throws OrtException {
    Path file = folder.resolve("net.onnx");
    OnnxExport.write(CLASSES, new RandomParameters(CLASSES, 1), Map.of(), file);
    try (OnnxRun run = new OnnxRun(file)) {
      Map<String, NodeInfo> inputs = run.session().getInputInfo();
      assertThat(inputs.keySet()).containsExactly("sample", "timestep", "class");
      assertInfo(inputs, "sample", -1, 1, 28, 28);
      assertInfo(inputs, "timestep", -1);
      assertInfo(inputs, "class", -1, 10);
      Map<String, NodeInfo> outputs = run.session().getOutputInfo();
      assertThat(outputs.keySet()).containsExactly("out_sample");
      assertInfo(outputs, "out_sample", -1, 1, 28, 28);
    }
  }

  static final ResidualUNet TOLD = ResidualUNet.of(8, 1, 2).time().text(5, 31);

  @Test
  void textIsAnInputOfTokens() throws OrtException {
    Path file = folder.resolve("net.onnx");
    OnnxExport.write(TOLD, new RandomParameters(TOLD, 1), Map.of(), file);
    try (OnnxRun run = new OnnxRun(file)) {
      Map<String, NodeInfo> inputs = run.session().getInputInfo();
      assertThat(inputs.keySet()).containsExactly("sample", "timestep", "encoder_hidden_states");
      assertInfo(inputs, "encoder_hidden_states", -1, 5, 31);
    }
  }

  private static void assertInfo(Map<String, NodeInfo> nodes, String name, long... shape) {
    TensorInfo info = (TensorInfo) Objects.requireNonNull(nodes.get(name)).getInfo();
    assertThat(info.type).isEqualTo(OnnxJavaType.FLOAT);
    assertThat(info.getShape()).containsExactly(shape);
    assertThat(info.getDimensionNames()[0]).isEqualTo("batch");
  }

  @Test
  void provenanceIsReadBack() throws OrtException {
    Map<String, String> provenance =
        Map.of(
            "diffusion4j.version", "1.2.3",
            "diffusion4j.data.hash", "sha256:0123",
            "diffusion4j.prediction", "flow");
    Path file = folder.resolve("net.onnx");
    OnnxExport.write(CLASSES, new RandomParameters(CLASSES, 1), provenance, file);
    try (OnnxRun run = new OnnxRun(file)) {
      OnnxModelMetadata metadata = run.session().getMetadata();
      assertThat(metadata.getCustomMetadata()).isEqualTo(provenance);
      assertThat(metadata.getProducerName()).isEqualTo("diffusion4j");
    }
    assertThat(read(file).getProducerVersion()).isEqualTo("1.2.3");
  }

  @Test
  void keysOfOthersAreRefused() {
    RandomParameters parameters = new RandomParameters(CLASSES, 1);
    assertThatThrownBy(
            () ->
                OnnxExport.write(
                    CLASSES, parameters, Map.of("seed", "1"), folder.resolve("net.onnx")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("keys of the provenance must begin with diffusion4j., got seed");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void courseNetworkTakesNineMegabytesAtMost() throws IOException {
    UNet course = UNet.width(64).time(TimeEffect.SCALE).classes(10);
    Path file = folder.resolve("net.onnx");
    OnnxExport.write(course, new RandomParameters(course, 1), Map.of(), file);
    assertThat(Files.size(file)).isBetween(8_000_000L, 9_000_000L);
  }

  @Test
  void fieldsAreThoseOfTheFormatsOwnSchema() throws IOException {
    Map<String, String> provenance = Map.of("diffusion4j.seed", "1");
    for (long limit : new long[] {0, Long.MAX_VALUE}) {
      Path file = folder.resolve("net.onnx");
      OnnxExport.write(CLASSES, new RandomParameters(CLASSES, 1), provenance, file, limit);
      OnnxMl.ModelProto independent = OnnxMl.ModelProto.parseFrom(Files.readAllBytes(file));
      assertThat(TextFormat.printer().printToString(independent))
          .isEqualTo(TextFormat.printer().printToString(read(file)));
    }
  }

  @Test
  void weightsAboveTheLimitLieBesideTheModel() throws OrtException, IOException {
    RandomParameters parameters = new RandomParameters(CLASSES, 1);
    Path inline = folder.resolve("inline.onnx");
    Path file = folder.resolve("external.onnx");
    Path data = folder.resolve("external.onnx_data");
    OnnxExport.write(CLASSES, parameters, Map.of(), inline);
    OnnxExport.write(CLASSES, parameters, Map.of(), file, 1000);
    assertThat(folder.toFile().list())
        .containsExactlyInAnyOrder("inline.onnx", "external.onnx", "external.onnx_data");
    assertThat(Files.size(file)).isLessThan(50_000);
    long end = 0;
    for (TensorProto tensor : read(file).getGraph().getInitializerList()) {
      if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
        assertThat(tensor.getExternalData(0).getValue()).isEqualTo("external.onnx_data");
        long offset = Long.parseLong(tensor.getExternalData(1).getValue());
        assertThat(offset).isGreaterThanOrEqualTo(end).isLessThan(end + 4096);
        assertThat(offset % 4096).isZero();
        end = offset + Long.parseLong(tensor.getExternalData(2).getValue());
      }
    }
    assertThat(Files.size(data)).isEqualTo(end);
    Map<String, float[]> inputs = Forms.inputs(CLASSES, 3, 5);
    try (OnnxRun a = new OnnxRun(inline);
        OnnxRun b = new OnnxRun(file)) {
      assertThat(b.predict(CLASSES, inputs, 3)).containsExactly(a.predict(CLASSES, inputs, 3));
    }
  }

  @Test
  void limitOfTheWeightsIsInclusive() {
    long bytes =
        read(exported(Long.MAX_VALUE)).getGraph().getInitializerList().stream()
            .filter(
                tensor ->
                    tensor.getName().endsWith(".weight") || tensor.getName().endsWith(".bias"))
            .mapToLong(tensor -> tensor.getRawData().size())
            .sum();
    exported(bytes);
    assertThat(folder.resolve("net.onnx_data")).doesNotExist();
    exported(bytes - 1);
    assertThat(folder.resolve("net.onnx_data")).exists();
  }

  private Path exported(long largestInline) {
    Path file = folder.resolve("net.onnx");
    OnnxExport.write(CLASSES, new RandomParameters(CLASSES, 1), Map.of(), file, largestInline);
    return file;
  }

  @Test
  void olderModelIsReplaced() throws IOException {
    Path file = Files.writeString(folder.resolve("net.onnx"), "older");
    OnnxExport.write(CLASSES, new RandomParameters(CLASSES, 1), Map.of(), file);
    assertThat(read(file).getGraph().getNodeCount()).isPositive();
    assertThat(folder.toFile().list()).containsExactly("net.onnx");
  }

  @Test
  void placesThatCannotBeWrittenAreNamedAndLeftAsTheyWere() throws IOException {
    Path absent = folder.resolve("absent").resolve("net.onnx");
    Path underFile = Files.createFile(folder.resolve("file")).resolve("net.onnx");
    Path busy = Files.createDirectories(folder.resolve("busy.onnx").resolve("in")).getParent();
    RandomParameters parameters = new RandomParameters(CLASSES, 1);
    for (Path file : List.of(absent, underFile, busy)) {
      for (long limit : new long[] {0, Long.MAX_VALUE}) {
        assertThatThrownBy(() -> OnnxExport.write(CLASSES, parameters, Map.of(), file, limit))
            .isInstanceOf(DiffusionException.class)
            .hasMessageStartingWith("file " + file + " cannot be written: java.nio.file.");
      }
    }
    assertThat(folder.toFile().list()).containsExactlyInAnyOrder("file", "busy.onnx");
  }

  @Test
  void parametersOfAnotherSizeLeaveNoFile() {
    Parameters wrong = name -> new float[7];
    for (long limit : new long[] {0, Long.MAX_VALUE}) {
      assertThatThrownBy(
              () -> OnnxExport.write(CLASSES, wrong, Map.of(), folder.resolve("net.onnx"), limit))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "parameter conv1.0.conv.weight of shape [4, 1, 3, 3] must have 36 values, got 7");
    }
    assertThat(folder).isEmptyDirectory();
  }

  static ModelProto read(Path file) {
    try {
      return ModelProto.parseFrom(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
