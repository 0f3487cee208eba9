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
import org.bytedeco.javacpp.Pointer;

/**
 * Keeps freed memory in the process while something trains on the processor.
 *
 * <p>A step frees gigabytes and the next asks for them again. glibc gives large blocks back to the
 * system at once, and the fresh pages that it then hands out one by one can take as long as the
 * step's own work. From the second step of a run, it keeps them, by mallopt(3), for the whole
 * process, until the last of those who train closes; the freed memory goes back then. Steps whose
 * tensors are too large for the heap of an ordinary thread are made on a {@link MainHeapThread}.
 *
 * <p>Nothing is done without glibc, where the environment sets its allocator already or preloads a
 * library, with the system property {@value #PROPERTY} {@code = false}, or if the memory may not be
 * enough.
 */
final class KeptMemory implements AutoCloseable {

  static final String PROPERTY = "diffusion4j.train.keepMemory";

  // malloc.h
  private static final int TRIM_THRESHOLD = -1;
  private static final int TOP_PAD = -2;
  private static final int MMAP_THRESHOLD = -3;
  private static final int MMAP_MAX = -4;
  private static final int MEBIBYTE = 1 << 20;
  private static final long UNKNOWN = 1L << 50;

  /** Two of them joined fill half the heap of an ordinary thread, which has 64 MiB. */
  private static final int LARGE_RESULT = 16 * MEBIBYTE;

  private static int holders;

  private final boolean isWanted;
  private final long bytesOfAnImage;
  private final int processes;
  private int mostImages;
  private boolean isKept;
  private Optional<MainHeapThread> thread = Optional.empty();

  /** For a network that trains, in one of several processes that may share the machine. */
  KeptMemory(Network network, Compute compute, int processes) {
    this.isWanted =
        !compute.isCuda() && isWanted(System.getenv(), System.getProperty(PROPERTY, "true"));
    this.bytesOfAnImage = compute.bytes() * largest(network);
    this.processes = processes;
  }

  /** The values of a layer's result for one image, of the layer with the most. */
  private static long largest(Network network) {
    return Outline.layers(network).stream().mapToLong(Outline.Layer::values).max().orElse(0);
  }

  /** Makes a step of some images at once, where what it frees can be kept. */
  double step(int images, DoubleSupplier work) {
    double made = thread.isPresent() ? thread.get().run(work) : work.getAsDouble();
    if (isWanted && images > mostImages) {
      mostImages = images;
      decide();
    }
    return made;
  }

  /** After a step that was larger than those before. */
  private void decide() {
    boolean isEnough = isEnough(most(), Pointer.physicalBytes(), available());
    if (isEnough && !isKept) {
      isKept = keep();
    } else if (!isEnough) {
      close();
    }
    if (isKept && thread.isEmpty() && mostImages * bytesOfAnImage >= LARGE_RESULT) {
      thread = MainHeapThread.find();
    }
  }

  /**
   * Whether the memory is enough to keep what is freed. With it a process has had 1.8 times the
   * most that it has without, in two runs of the course's network: blocks of other sizes leave
   * holes that larger ones do not fit into.
   */
  static boolean isEnough(long most, long resident, long available) {
    return 2 * most - resident <= available;
  }

  /** What is left to this process of the machine, or of the container's part of it. */
  private long available() {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    return available(
        Pointer.availablePhysicalBytes(),
        system.getTotalMemorySize(),
        Pointer.physicalBytes(),
        processes);
  }

  /** The machine tells what all processes have left together, a container what they may have. */
  static long available(long left, long limit, long resident, int processes) {
    return Math.min(left / processes, limit / processes - resident);
  }

  /** The most memory that the process has had; a very large number where nobody tells. */
  private static long most() {
    try {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(UNKNOWN);
    } catch (IOException e) {
      return UNKNOWN;
    }
  }

  private static synchronized boolean keep() {
    if (!CFunction.MALLOPT.isThere()) {
      return false;
    }
    if (holders == 0) {
      set(Map.of(MMAP_MAX, 0, TRIM_THRESHOLD, -1, TOP_PAD, 64 * MEBIBYTE));
    }
    holders++;
    return true;
  }

  private static synchronized void giveBack() {
    if (--holders == 0) {
      // What glibc's own moving thresholds come to once large blocks have been freed.
      set(
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

  private static void set(Map<Integer, Integer> values) {
    values.forEach(CFunction.MALLOPT::call);
  }

  /** Whether neither the environment nor the property says otherwise. */
  static boolean isWanted(Map<String, String> environment, String property) {
    return Boolean.parseBoolean(property)
        && environment.keySet().stream().noneMatch(name -> name.startsWith("MALLOC_"))
        && !environment.getOrDefault("GLIBC_TUNABLES", "").contains("glibc.malloc.")
        && !environment.containsKey("LD_PRELOAD"); // which may bring another allocator
  }

  @Override
  public void close() {
    thread.ifPresent(MainHeapThread::close);
    thread = Optional.empty();
    if (isKept) {
      isKept = false;
      giveBack();
    }
  }
}
