package io.github.diffusion4j.onnx.text;

import java.util.Locale;
import java.util.Objects;

/** What is done to prompts before they are tokenized. */
final class Prompts {

  private static final int SHOWN = 60;

  private Prompts() {}

  /** Python's {@code text.lower().strip()}, in any locale. */
  static String clean(String prompt) {
    String lower = Objects.requireNonNull(prompt, "prompt").toLowerCase(Locale.ROOT);
    int from = 0;
    int to = lower.length();
    while (from < to && isBlank(lower.charAt(from))) {
      from++;
    }
    while (to > from && isBlank(lower.charAt(to - 1))) {
      to--;
    }
    return lower.substring(from, to);
  }

  /** As Python's {@code isspace}: other than {@code String.strip}, with no-break spaces. */
  private static boolean isBlank(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
  }

  /**
   * The text with U+FFFD for each unpaired surrogate. The native library misreads all characters of
   * a text that has one.
   */
  static String wellFormed(String prompt) {
    StringBuilder text = new StringBuilder(prompt.length());
    prompt
        .codePoints()
        .forEach(
            c -> text.appendCodePoint(Character.getType(c) == Character.SURROGATE ? 0xFFFD : c));
    return text.toString();
  }

  /** A prompt for a message: in quotation marks, on one line, and short. */
  static String quote(String prompt) {
    String start = prompt.substring(0, Math.min(prompt.length(), SHOWN));
    return '"' + start.replaceAll("\\p{Cntrl}", " ") + (prompt.length() > SHOWN ? "…\"" : "\"");
  }
}
