package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.diffusion4j.train.UNet.TimeEffect;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DescriptionTest {

  private static List<String> rows(UNet network) {
    return network.describe().lines().map(row -> row.replaceAll(" +", " ")).toList();
  }

  @Test
  void tellsTheCoursesShapes() {
    assertThat(rows(UNet.width(64)))
        .startsWith("layer output parameters")
        .containsSubsequence(
            "conv1.1 64×28×28 37,056",
            "down1.1 64×14×14 37,056",
            "down2.1 128×7×7 147,840",
            "averagePool 128×1×1 0",
            "unflatten 128×7×7 803,200",
            "up1.1 64×14×14 37,056",
            "up2.1 64×28×28 37,056",
            "conv2.1 64×28×28 37,056",
            "out 1×28×28 577",
            "all 1,975,361");
  }

  @Test
  void tellsWhatConditioningAdds() {
    UNet network = UNet.width(64).time(TimeEffect.SCALE).classes(10);
    assertThat(rows(network)).contains("time1.0 128 256", "class2.0 64 704", "all 2,019,201");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, 30, 4100})
  void sizesThatCannotBeHalvedTwiceAreNamed(int size) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> UNet.width(8).images(1, size))
        .withMessageContaining("multiple of 4 (it is halved twice) in [4, 4096], got " + size);
  }

  @Test
  void classesWithoutTimeAreRefused() {
    assertThatIllegalStateException()
        .isThrownBy(() -> UNet.width(8).classes(10))
        .withMessageContaining("call time first");
  }

  @Test
  void bottleneckFollowsTheSizeOfTheImages() {
    assertThat(rows(UNet.width(16).images(3, 32)))
        .contains("down2.1 32×8×8 9,312", "unflatten 32×8×8 65,632", "out 3×32×32 435");
  }
}
