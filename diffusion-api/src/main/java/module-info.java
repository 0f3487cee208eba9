import org.jspecify.annotations.NullMarked;

/**
 * The stable core of Diffusion4J: tensors, noise levels, guidance, schedulers, the sampling loop.
 */
@NullMarked
module io.github.diffusion4j {
  requires static org.jspecify;

  exports io.github.diffusion4j;
}
