package io.github.diffusion4j.train.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class KeptMemoryTest {

  @Test
  void isLeftToWhomeverSetsTheAllocator() {
    assertThat(KeptMemory.isWanted(Map.of("PATH", "/bin"), "true")).isTrue();
    assertThat(KeptMemory.isWanted(Map.of(), "false")).isFalse();
    assertThat(KeptMemory.isWanted(Map.of("LD_PRELOAD", "libjemalloc.so"), "true")).isFalse();
    for (String name :
        new String[] {
          "MALLOC_MMAP_MAX_", "MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_", "MALLOC_ARENA_MAX"
        }) {
      assertThat(KeptMemory.isWanted(Map.of(name, "1"), "true")).as(name).isFalse();
    }
    assertThat(KeptMemory.isWanted(Map.of("GLIBC_TUNABLES", "glibc.malloc.check=3"), "true"))
        .isFalse();
    assertThat(KeptMemory.isWanted(Map.of("GLIBC_TUNABLES", "glibc.rtld.nns=4"), "true")).isTrue();
  }

  @Test
  void isSharedByTheProcessesOfAMachineOrAContainer() {
    assertThat(KeptMemory.available(12, 1000, 5, 2)).isEqualTo(6);
    assertThat(KeptMemory.available(12, 16, 5, 2)).isEqualTo(3);
    assertThat(KeptMemory.available(12, 16, 5, 1)).isEqualTo(11);
    assertThat(KeptMemory.available(12, 8, 5, 2)).isNegative();
  }

  @Test
  void takesTwiceTheMostThatAStepHasHad() {
    assertThat(KeptMemory.isEnough(4, 1, 7)).isTrue();
    assertThat(KeptMemory.isEnough(4, 1, 6)).isFalse();
    assertThat(KeptMemory.isEnough(1L << 60, 1, 1L << 50)).isFalse();
  }
}
