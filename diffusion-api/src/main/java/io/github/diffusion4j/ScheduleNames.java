package io.github.diffusion4j;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the names of schedules. */
final class ScheduleNames {

  private static final Pattern NAME = Pattern.compile("(\\w+)(?:\\(([^()]*)\\))?");
  private static final Pattern TIMED = Pattern.compile("(.+)\\.timed\\(([^(),]*),([^(),]*)\\)");

  private static final int MOST_LENGTH = 1000;

  private ScheduleNames() {}

  static NoiseSchedule parse(String name) {
    if (name.length() > MOST_LENGTH) {
      throw unknown(name.substring(0, MOST_LENGTH) + "…");
    }
    try {
      Matcher timed = TIMED.matcher(name);
      if (timed.matches()) {
        return parse(timed.group(1)).timed(number(timed.group(2)), number(timed.group(3)));
      }
      return name.endsWith(DiscreteSchedule.RESCALED)
          ? parse(name.substring(0, name.length() - DiscreteSchedule.RESCALED.length()))
              .zeroTerminalSnr()
          : plain(name);
    } catch (NumberFormatException e) {
      throw unknown(name);
    }
  }

  private static NoiseSchedule plain(String name) {
    Matcher matcher = NAME.matcher(name);
    if (!matcher.matches()) {
      throw unknown(name);
    }
    String[] numbers = matcher.group(2) == null ? new String[0] : matcher.group(2).split(",", -1);
    return switch (matcher.group(1) + "/" + numbers.length) {
      case "rectifiedFlow/0" -> NoiseSchedule.rectifiedFlow();
      case "trigonometric/0" -> new Trigonometric();
      case "edm/3" -> NoiseSchedule.edm(number(numbers[0]), number(numbers[1]), number(numbers[2]));
      case "varianceExploding/1" -> NoiseSchedule.varianceExploding(number(numbers[0]));
      case "squaredCosine/1" -> NoiseSchedule.squaredCosine(steps(numbers));
      case "linear/3" ->
          NoiseSchedule.linear(steps(numbers), number(numbers[1]), number(numbers[2]));
      case "scaledLinear/3" ->
          NoiseSchedule.scaledLinear(steps(numbers), number(numbers[1]), number(numbers[2]));
      default -> throw unknown(name);
    };
  }

  private static int steps(String[] numbers) {
    return Integer.parseInt(numbers[0]);
  }

  private static double number(String text) {
    return Double.parseDouble(text);
  }

  private static IllegalArgumentException unknown(String name) {
    return new IllegalArgumentException(
        "schedule must be rectifiedFlow, trigonometric, varianceExploding(σ), edm(σ, σ, σ_d),"
            + " squaredCosine(T), linear(T, β, β) or scaledLinear(T, β, β), with or without .zeroTerminalSnr and"
            + " .timed(factor, offset), got "
            + name);
  }
}
