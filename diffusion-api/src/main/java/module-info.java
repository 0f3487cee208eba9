import org.jspecify.annotations.NullMarked;

/**
 * The core of Diffusion4J: tensors, noise schedules, guidance, schedulers, the sampling loop,
 * images.
 */
@NullMarked
@SuppressWarnings("module") // the modules of the qualified export are compiled later
module io.github.diffusion4j {
  requires static org.jspecify;
  requires transitive java.desktop;
  requires commons.math3;

  exports io.github.diffusion4j;
  exports io.github.diffusion4j.image;
  exports io.github.diffusion4j.metric;
  exports io.github.diffusion4j.pipeline;
  exports io.github.diffusion4j.internal to
      io.github.diffusion4j.onnx,
      io.github.diffusion4j.train;
  exports io.github.diffusion4j.internal.files to
      io.github.diffusion4j.onnx,
      io.github.diffusion4j.train;
}
