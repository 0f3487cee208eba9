package io.github.diffusion4j.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the system tells of the processor.
 *
 * @param lines those of Linux's {@code /proc/cpuinfo}; none elsewhere
 */
record Processor(List<String> lines) {

  /** The flags of bfloat16 arithmetic, of x86 and of ARM. */
  private static final Set<String> BFLOAT16 = Set.of("avx512_bf16", "amx_bf16", "bf16");

  static Processor here() {
    try {
      return new Processor(Files.readAllLines(Path.of("/proc/cpuinfo")));
    } catch (IOException e) {
      return new Processor(List.of());
    }
  }

  String name() {
    return value("model name").orElse("unknown processor");
  }

  /** Whether its flags say that it computes in bfloat16, where they are told. */
  Optional<Boolean> hasBfloat16() {
    return value("flags")
        .or(() -> value("Features"))
        .map(flags -> List.of(flags.split(" ", -1)).stream().anyMatch(BFLOAT16::contains));
  }

  private Optional<String> value(String name) {
    return lines.stream()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst();
  }
}
