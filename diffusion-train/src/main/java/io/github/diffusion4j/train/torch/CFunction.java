package io.github.diffusion4j.train.torch;

import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.presets.openblas_nolapack.MklDomainSetNumThreads;

/** Functions of C libraries that take and give whole numbers, by their names. */
enum CFunction {
  /** Of glibc, malloc.h: int (int, int). */
  MALLOPT("mallopt"),

  /** Of OpenMP: void (int). */
  SET_NUM_THREADS("omp_set_num_threads"),

  /** Of OpenMP 5.0: int (int). */
  PAUSE_RESOURCE_ALL("omp_pause_resource_all");

  private final String symbol;

  CFunction(String symbol) {
    this.symbol = symbol;
  }

  /** Whether a library that is loaded has it. */
  boolean isThere() {
    return Loader.addressof(symbol) != null;
  }

  /**
   * Calls it, if it is there. JavaCPP calls C functions by types of function; this one is int (int,
   * int), and a function of one argument leaves the second alone.
   */
  void call(int first, int second) {
    if (isThere()) {
      try (MklDomainSetNumThreads function = new MklDomainSetNumThreads() {}) {
        function.put(Loader.addressof(symbol));
        function.call(first, second);
      }
    }
  }
}
