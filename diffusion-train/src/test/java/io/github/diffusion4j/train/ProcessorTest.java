package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProcessorTest {

  @Test
  void flagsSayWhetherItComputesInBfloat16() {
    assertThat(flags("flags\t\t: fpu avx512f avx512_bf16 amx_tile")).contains(true);
    assertThat(flags("flags\t\t: fpu avx512f amx_bf16")).contains(true);
    assertThat(flags("flags\t\t: fpu avx2 avx512f avx512bw")).contains(false);
    assertThat(flags("Features\t: fp asimd sve bf16")).contains(true);
    assertThat(flags("Features\t: fp asimd")).contains(false);
    assertThat(new Processor(List.of()).hasBfloat16()).isEmpty();
  }

  private static Optional<Boolean> flags(String line) {
    return new Processor(List.of("processor\t: 0", "model name\t: Some CPU", line)).hasBfloat16();
  }

  @Test
  void nameIsThatOfTheModel() {
    assertThat(new Processor(List.of("model name\t: Some CPU @ 2 GHz")).name())
        .isEqualTo("Some CPU @ 2 GHz");
    assertThat(new Processor(List.of()).name()).isEqualTo("unknown processor");
  }
}
