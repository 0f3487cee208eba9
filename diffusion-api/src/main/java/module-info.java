import org.jspecify.annotations.NullMarked;

/**
 * The stable core of Diffusion4J: tensors, noise levels, guidance, schedulers, the sampling loop.
 */
@NullMarked
module io.github.diffusion4j {
  requires static org.jspecify;
  requires transitive java.desktop;
  requires commons.math3;

  exports io.github.diffusion4j;
  exports io.github.diffusion4j.image;
  exports io.github.diffusion4j.metric;
}
