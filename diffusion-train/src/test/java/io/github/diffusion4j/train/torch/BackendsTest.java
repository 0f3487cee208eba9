package io.github.diffusion4j.train.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

class BackendsTest {

  private static String variable() {
    return torch.get_env(Backends.BLOCKING_WAIT).get().getString();
  }

  @Test
  void withoutItsClassesWorkersDoNotTalkByNccl() {
    Natives.load();
    assertThat(Backends.hasNccl()).isFalse();
  }

  @Test
  void ncclReportsErrorsUnlessTheEnvironmentSaysOtherwise() {
    Natives.load();
    assumeFalse(torch.has_env(Backends.BLOCKING_WAIT));
    Backends.haveNcclReportErrors();
    assertThat(variable()).isEqualTo("1");
    torch.set_env(Backends.BLOCKING_WAIT, "0", true);
    try {
      Backends.haveNcclReportErrors();
      assertThat(variable()).isEqualTo("0");
    } finally {
      torch.set_env(Backends.BLOCKING_WAIT, "1", true);
    }
  }
}
