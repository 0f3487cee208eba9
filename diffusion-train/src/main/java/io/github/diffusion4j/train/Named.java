package io.github.diffusion4j.train;

import io.github.diffusion4j.internal.Checks;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A value by its name, as a checkpoint's header has it: a word and numbers.
 *
 * @param word the word
 * @param numbers the numbers in parentheses behind it
 */
record Named(String word, List<Double> numbers) {

  private static final Pattern FORM = Pattern.compile("(\\w+)(?:\\(([^()]*)\\))?");

  /**
   * Reads a name.
   *
   * @throws IllegalArgumentException if it has another form
   */
  static Named of(String name) {
    Matcher matcher = FORM.matcher(name);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("a name is a word, or word(numbers), got " + name);
    }
    List<Double> numbers =
        matcher.group(2) == null
            ? List.of()
            : Arrays.stream(matcher.group(2).split(",", -1)).map(Double::valueOf).toList();
    return new Named(matcher.group(1), numbers);
  }

  boolean is(String otherWord, int count) {
    return word.equals(otherWord) && numbers.size() == count;
  }

  double number(int index) {
    return numbers.get(index);
  }

  int whole(int index) {
    double value = number(index);
    Checks.require(value == (int) value, () -> word + " must have a whole number, got " + value);
    return (int) value;
  }
}
