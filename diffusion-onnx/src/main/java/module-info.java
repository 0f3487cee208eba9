import org.jspecify.annotations.NullMarked;

/** Runs exported diffusion models through ONNX Runtime. */
@NullMarked
module io.github.diffusion4j.onnx {
  requires static org.jspecify;
  requires transitive io.github.diffusion4j;
  requires ai.djl.tokenizers;
  requires com.fasterxml.jackson.databind;
  requires com.microsoft.onnxruntime;
  requires org.slf4j;

  exports io.github.diffusion4j.onnx;
  exports io.github.diffusion4j.onnx.model;
  exports io.github.diffusion4j.onnx.text;
}
