package io.github.diffusion4j.train.torch;

import com.sun.management.OperatingSystemMXBean;
import io.github.diffusion4j.train.net.Network;
import io.github.diffusion4j.train.parameters.Outline;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.presets.openblas_nolapack.MklDomainSetNumThreads;
import org.jspecify.annotations.Nullable;

/**
 * Keeps freed memory in the process while something trains on the processor.
 *
 * <p>A step frees gigabytes and the next asks for them again. glibc gives large blocks back to the
 * system at once, and the fresh pages that it then hands out one by one can take as long as the
 * step's own work. From the second step of a run, it keeps them, by mallopt(3), for the whole
 * process, until the last of those who train closes; the freed memory goes back then. Steps whose
 * blocks are too large for the heap of an ordinary thread are made on a {@link MainHeapThread}.
 *
 * <p>Nothing is done without glibc, where the environment sets its allocator already, with the
 * system property {@value #PROPERTY} {@code = false}, or if the memory may not be enough.
 */
final class KeptMemory implements AutoCloseable {

  static final String PROPERTY = "diffusion4j.train.keepMemory";

  // malloc.h
  private static final int TRIM_THRESHOLD = -1;
  private static final int TOP_PAD = -2;
  private static final int MMAP_THRESHOLD = -3;
  private static final int MMAP_MAX = -4;
  private static final int MEBIBYTE = 1 << 20;

  /** Two of them fill the heap of an ordinary thread, which has 64 MiB. */
  private static final int LARGE_BLOCK = 32 * MEBIBYTE;

  private static int holders;

  /** Where a run is with its memory. */
  private enum State {
    FIRST_STEP,
    KEPT,
    NOT_KEPT
  }

  private final long bytesOfAnImage;
  private State state;
  private Optional<MainHeapThread> thread = Optional.empty();

  /** For a network that trains. */
  KeptMemory(Network network, Compute compute) {
    this.bytesOfAnImage = compute.bytes() * largest(network);
    this.state =
        !compute.isCuda() && isWanted(System.getenv(), System.getProperty(PROPERTY, "true"))
            ? State.FIRST_STEP
            : State.NOT_KEPT;
  }

  /** The values of a layer's result for one image, of the layer with the most. */
  private static long largest(Network network) {
    return Outline.layers(network).stream()
        .mapToLong(layer -> layer.output().stream().mapToLong(n -> n).reduce(1, (a, b) -> a * b))
        .max()
        .orElse(0);
  }

  /** Makes a step of some images at once, where what it frees can be kept. */
  double step(int images, DoubleSupplier work) {
    double made = thread.isPresent() ? thread.get().run(work) : work.getAsDouble();
    if (state == State.FIRST_STEP) {
      state = isEnough() && keep() ? State.KEPT : State.NOT_KEPT;
      if (state == State.KEPT && images * bytesOfAnImage >= LARGE_BLOCK) {
        thread = MainHeapThread.find();
      }
    }
    return made;
  }

  /** Whether the machine, or the part of it that is this process's, has memory for it. */
  private static boolean isEnough() {
    long resident = Pointer.physicalBytes();
    long total =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    return isEnough(most(), resident, Math.min(Pointer.availablePhysicalBytes(), total - resident));
  }

  /**
   * The most memory that a process has had without keeping any is less than half of what it has
   * with it, by measurements: blocks of other sizes leave holes that larger ones do not fit into.
   */
  static boolean isEnough(long most, long resident, long available) {
    return 2 * most - resident <= available;
  }

  private static long most() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(Long.MAX_VALUE / 2);
    } catch (IOException e) {
      return Long.MAX_VALUE / 2;
    }
  }

  private static synchronized boolean keep() {
    @Nullable Pointer mallopt = Loader.addressof("mallopt");
    if (mallopt != null && holders++ == 0) {
      set(mallopt, Map.of(MMAP_MAX, 0, TRIM_THRESHOLD, -1, TOP_PAD, 64 * MEBIBYTE));
    }
    return mallopt != null;
  }

  private static synchronized void giveBack() {
    @Nullable Pointer mallopt = Loader.addressof("mallopt");
    if (mallopt != null && --holders == 0) {
      // What glibc's own moving thresholds come to once large blocks have been freed.
      set(
          mallopt,
          Map.of(
              MMAP_MAX,
              1 << 16,
              MMAP_THRESHOLD,
              32 * MEBIBYTE,
              TRIM_THRESHOLD,
              64 * MEBIBYTE,
              TOP_PAD,
              MEBIBYTE / 8));
      Pointer.trimMemory();
    }
  }

  /** JavaCPP calls C functions by types of function; this one is int (int, int). */
  private static void set(Pointer mallopt, Map<Integer, Integer> values) {
    try (MklDomainSetNumThreads function = new MklDomainSetNumThreads() {}) {
      function.put(mallopt);
      values.forEach(function::call);
    }
  }

  /** Whether neither the environment nor the property says otherwise. */
  static boolean isWanted(Map<String, String> environment, String property) {
    return Boolean.parseBoolean(property)
        && Stream.of("MMAP_MAX", "MMAP_THRESHOLD", "TRIM_THRESHOLD", "TOP_PAD")
            .noneMatch(name -> environment.containsKey("MALLOC_" + name + "_"))
        && !environment.getOrDefault("GLIBC_TUNABLES", "").contains("glibc.malloc.");
  }

  @Override
  public void close() {
    thread.ifPresent(MainHeapThread::close);
    if (state == State.KEPT) {
      state = State.NOT_KEPT;
      giveBack();
    }
  }
}
