package io.github.diffusion4j.onnx.text;

import io.github.diffusion4j.internal.Checks;
import java.util.Arrays;

/**
 * The {@value #LENGTH} tokens of a prompt, the last of which may be padding.
 *
 * <p>Immutable.
 */
public final class Tokens {

  /** How many tokens the encoders of IF, Stable Diffusion and the like take. */
  public static final int LENGTH = 77;

  private final int[] ids;
  private final int count;

  private Tokens(int[] ids, int count) {
    this.ids = ids;
    this.count = count;
  }

  /**
   * Pads tokens to {@value #LENGTH}.
   *
   * @param padding the token to pad with, at least 0
   * @param ids 1 to {@value #LENGTH} tokens, each at least 0
   * @return the tokens
   * @throws IllegalArgumentException if there are too many or none, or one is negative
   */
  public static Tokens padded(int padding, int... ids) {
    Checks.inRange(1, LENGTH, ids.length, "number of tokens");
    Checks.atLeast(0, padding, "padding token");
    int[] all = Arrays.copyOf(ids, LENGTH);
    Arrays.fill(all, ids.length, LENGTH, padding);
    for (int i = 0; i < ids.length; i++) {
      Checks.atLeast(0, all[i], "token " + i);
    }
    return new Tokens(all, ids.length);
  }

  /** All {@value #LENGTH} tokens, in a new array. */
  public int[] ids() {
    return ids.clone();
  }

  /** 1 for each token of the prompt, 0 for padding; {@value #LENGTH} of them in a new array. */
  public int[] attentionMask() {
    int[] mask = new int[LENGTH];
    Arrays.fill(mask, 0, count, 1);
    return mask;
  }

  /** How many tokens come before the padding, in [1, {@value #LENGTH}]. */
  public int count() {
    return count;
  }

  /** Whether the other object has the same tokens and as much padding. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Tokens that && count == that.count && Arrays.equals(ids, that.ids);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(ids) + count;
  }

  /** The tokens before the padding. */
  @Override
  public String toString() {
    return "Tokens" + Arrays.toString(Arrays.copyOf(ids, count));
  }
}
