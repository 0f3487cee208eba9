package io.github.diffusion4j.train.export;

/** The values of a network's parameters and running statistics, by name. */
@FunctionalInterface
public interface Parameters {

  /**
   * The values of one tensor in row-major order.
   *
   * @param name its name as the network's operations define it, such as {@code out.weight}
   * @return its values; the caller does not change them
   */
  float[] values(String name);
}
