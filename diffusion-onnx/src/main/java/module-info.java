import org.jspecify.annotations.NullMarked;

/** Runs exported diffusion models through ONNX Runtime. */
@NullMarked
module io.github.diffusion4j.onnx {
  requires static org.jspecify;
  requires transitive io.github.diffusion4j;
  requires com.microsoft.onnxruntime;
  requires org.slf4j;

  exports io.github.diffusion4j.onnx;
}
