package io.github.diffusion4j.train.torch;

import java.util.function.Supplier;
import org.bytedeco.pytorch.global.torch;

/** The number of LibTorch's threads, which is one for each thread of the program. */
public final class Threads {

  private Threads() {}

  /**
   * Sets it for this thread; others that come to use LibTorch begin with it.
   *
   * @param threads at least 1; 0 leaves the number as it is
   */
  public static void use(int threads) {
    Natives.load();
    if (threads > 0 && torch.get_num_threads() != threads) {
      torch.set_num_threads(threads);
    }
  }

  /**
   * Does some work with so many, after which the number is what it was.
   *
   * @param threads at least 1; 0 leaves the number as it is
   * @param work what to do
   * @param <T> what it gives
   * @return what it gives
   */
  public static <T> T with(int threads, Supplier<T> work) {
    Natives.load();
    int before = torch.get_num_threads();
    use(threads);
    try {
      return work.get();
    } finally {
      use(before);
    }
  }
}
