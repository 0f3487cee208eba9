package io.github.diffusion4j;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PhiloxTest {

  private static int[] scrambled(long key, int... counter) {
    Philox.scramble(counter, key);
    return counter;
  }

  /** The known answers that the authors publish with Random123. */
  @Test
  void givesTheAuthorsKnownAnswers() {
    assertThat(scrambled(0, 0, 0, 0, 0))
        .containsExactly(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
    assertThat(scrambled(-1, -1, -1, -1, -1))
        .containsExactly(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
    assertThat(scrambled(0x299f31d0a4093822L, 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344))
        .containsExactly(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1);
  }

  @Test
  void aShorterRunOfNormalsIsTheStartOfALongerOne() {
    float[] all = new float[11];
    Philox.normals(7, 0, 2, all, 0, 11);
    for (int count = 0; count <= 11; count++) {
      float[] some = new float[13];
      Philox.normals(7, 0, 2, some, 1, count);
      assertThat(some[0]).isZero();
      for (int i = 0; i < count; i++) {
        assertThat(some[i + 1]).isEqualTo(all[i]);
      }
      assertThat(some[count + 1]).isZero();
    }
  }
}
