package io.github.diffusion4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The resident memory of a process whose heap is resident from the start, so that growth is native
 * memory.
 */
public final class ResidentMemory {

  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String GROWN = "grown by ";
  private static final long MOST_KIBIBYTES = 50 * 1024;

  private ResidentMemory() {}

  /** Prints by how many KiB it grows in a workload after its warm-up. */
  public static void printGrowth(Runnable warmUp, Runnable workload) throws IOException {
    warmUp.run();
    long before = resident();
    workload.run();
    System.out.println(GROWN + (resident() - before));
  }

  private static long resident() throws IOException {
    System.gc();
    return Files.readAllLines(STATUS).stream()
        .filter(text -> text.startsWith("VmRSS:"))
        .mapToLong(text -> Long.parseLong(text.replaceAll("\\D", "")))
        .sum();
  }

  /** Runs a program that prints its growth once, and checks it. */
  public static void assertFlat(Class<?> main, String argument)
      throws IOException, InterruptedException {
    assumeTrue(Files.isReadable(STATUS), "no " + STATUS);
    List<String> options = List.of("-Xms192m", "-Xmx192m", "-XX:+AlwaysPreTouch");
    long grown =
        Fork.run(main, options, argument).stream()
            .filter(line -> line.startsWith(GROWN))
            .mapToLong(line -> Long.parseLong(line.substring(GROWN.length())))
            .findFirst()
            .orElseThrow();
    assertThat(grown).isLessThan(MOST_KIBIBYTES);
  }
}
