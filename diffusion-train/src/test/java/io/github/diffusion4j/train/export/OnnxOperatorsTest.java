package io.github.diffusion4j.train.export;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.diffusion4j.train.export.proto.Onnx.ModelProto;
import io.github.diffusion4j.train.export.proto.Onnx.NodeProto;
import io.github.diffusion4j.train.net.Input;
import io.github.diffusion4j.train.net.Network;
import io.github.diffusion4j.train.net.Ops;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which operators exported graphs are made of, and what ONNX Runtime makes of them. */
class OnnxOperatorsTest {

  @TempDir Path folder;

  @Test
  void graphIsPlainOnnxOfOperatorSet17() {
    Path file = folder.resolve("net.onnx");
    OnnxExport.write(
        OnnxExportTest.CLASSES, new RandomParameters(OnnxExportTest.CLASSES, 1), Map.of(), file);
    ModelProto model = OnnxExportTest.read(file);
    assertThat(model.getIrVersion()).isEqualTo(8);
    assertThat(model.getOpsetImportList())
        .singleElement()
        .satisfies(
            set -> {
              assertThat(set.getDomain()).isEmpty();
              assertThat(set.getVersion()).isEqualTo(17);
            });
    assertThat(operators(file))
        .containsExactlyInAnyOrder(
            "Conv",
            "ConvTranspose",
            "Transpose",
            "MatMul",
            "AveragePool",
            "Concat",
            "Unsqueeze",
            "Add",
            "Mul",
            "Div",
            "Erf");
  }

  @Test
  void graphOfResidualBlocksIsOfOperatorSet17() {
    Path file = folder.resolve("net.onnx");
    OnnxExport.write(
        OnnxExportTest.TOLD, new RandomParameters(OnnxExportTest.TOLD, 1), Map.of(), file);
    assertThat(operators(file))
        .containsExactlyInAnyOrder(
            "Conv",
            "InstanceNormalization",
            "Shape",
            "Reshape",
            "Transpose",
            "MatMul",
            "Softmax",
            "Sigmoid",
            "Resize",
            "Cos",
            "Sin",
            "Concat",
            "Unsqueeze",
            "Add",
            "Mul");
  }

  @Test
  void linearLayersOfVectorsBecomeOneOperatorAgain() throws OrtException {
    Path file = folder.resolve("net.onnx");
    OnnxExport.write(
        OnnxExportTest.CLASSES, new RandomParameters(OnnxExportTest.CLASSES, 1), Map.of(), file);
    Path optimised = folder.resolve("optimised.onnx");
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setOptimizedModelFilePath(optimised.toString());
      OrtEnvironment.getEnvironment().createSession(file.toString(), options).close();
    }
    assertThat(operators(optimised)).contains("Gemm").doesNotContain("MatMul", "Transpose");
  }

  private static Stream<String> operators(Path file) {
    return OnnxExportTest.read(file).getGraph().getNodeList().stream()
        .map(NodeProto::getOpType)
        .distinct();
  }

  /** Inputs that are named as the values of other graphs are. */
  private record Names() implements Network {

    @Override
    public List<Input> inputs() {
      return List.of(
          new Input(Input.SAMPLE, List.of(2, 4, 4)),
          new Input("ones.2", List.of(2)),
          new Input("axes.pixel", List.of(2)));
    }

    @Override
    public <T> T forward(Ops<T> ops, Map<String, T> inputs) {
      T x = ops.groupNorm("norm", Input.of(inputs, Input.SAMPLE), 2, 2);
      x = ops.addVector(x, Input.of(inputs, "ones.2"));
      return ops.gelu(ops.addVector(x, Input.of(inputs, "axes.pixel")));
    }

    @Override
    public Map<String, Object> settings() {
      return Map.of("network", "names");
    }
  }

  @Test
  void inputsMayHaveTheNamesOfConstants() throws OrtException {
    Path file = folder.resolve("net.onnx");
    OnnxExport.write(new Names(), new RandomParameters(new Names(), 1), Map.of(), file);
    try (OrtSession session = OrtEnvironment.getEnvironment().createSession(file.toString())) {
      assertThat(session.getInputNames()).containsExactly("sample", "ones.2", "axes.pixel");
    }
  }
}
