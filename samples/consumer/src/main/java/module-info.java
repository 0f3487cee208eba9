/** A program outside the library: it sees what the library's modules export, and nothing else. */
module io.github.diffusion4j.consumer {
  requires transitive io.github.diffusion4j.onnx;
  requires transitive io.github.diffusion4j.train;

  exports io.github.diffusion4j.consumer;
}
