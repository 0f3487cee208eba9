package io.github.diffusion4j.train.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GroupSettingsTest {

  private static String unknown(String address) {
    return new GroupSettings(0, 2, address, 29500, Optional.empty(), Duration.ZERO, false)
        .unknownHost();
  }

  @Test
  void aHostThatNobodyKnowsIsNamed() {
    assertThat(unknown("localhost")).isEmpty();
    assertThat(unknown("::1")).isEmpty();
    assertThat(unknown("no.such.host.invalid"))
        .isEqualTo(", and no host no.such.host.invalid is known here");
  }
}
