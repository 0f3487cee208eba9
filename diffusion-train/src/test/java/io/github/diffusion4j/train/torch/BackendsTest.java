package io.github.diffusion4j.train.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

class BackendsTest {

  private static String variable() {
    return torch.get_env(Backends.BLOCKING_WAIT).get().getString();
  }

  @Test
  void withoutItsClassesWorkersDoNotTalkByNccl() {
    Natives.load();
    ClassLoader loader = Backends.class.getClassLoader();
    assumeTrue(loader.getResource("org/bytedeco/cuda/global/cudart.class") == null);
    GroupSettings place =
        new GroupSettings(1, 2, "localhost", 29500, Optional.empty(), Duration.ofSeconds(1), false);
    assertThat(Backends.ncclDevice(place, 0)).isEmpty();
    assertThat(Backends.haveNccl(List.of("a", ""))).isFalse();
  }

  /** NCCL takes one from each, which Gloo does not mind. */
  @Test
  void workersOfOneDeviceDoNotTalkByNccl() {
    assertThat(Backends.haveNccl(List.of("a", "b", "a"))).isFalse();
    assertThat(Backends.haveNccl(List.of("a", "b", "c"))).isTrue();
  }

  @Test
  void lastErrorOfNcclIsInTheReason() {
    RuntimeException error =
        new RuntimeException(
            """
            NCCL error in: ../ProcessGroupNCCL.cpp:3356, invalid usage
            ncclInvalidUsage: This usually reflects invalid usage of NCCL library.
            Last error:
            Duplicate GPU detected : rank 0 and rank 1 both on CUDA device 1000
            frame 0""");
    assertThat(Connection.reason(error))
        .isEqualTo(
            "NCCL error in: ../ProcessGroupNCCL.cpp:3356, invalid usage: Duplicate GPU detected :"
                + " rank 0 and rank 1 both on CUDA device 1000");
    assertThat(Connection.reason(new RuntimeException("[a/b.cc:7] Connection closed\nframe 0")))
        .isEqualTo("Connection closed");
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
