package io.github.diffusion4j;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the names of schedules. */
final class ScheduleNames {

  private static final Pattern NAME = Pattern.compile("(\\w+)(?:\\(([^()]*)\\))?");

  private ScheduleNames() {}

  static NoiseSchedule parse(String name) {
    Matcher matcher = NAME.matcher(name);
    if (matcher.matches()) {
      String[] numbers =
          matcher.group(2) == null ? new String[0] : matcher.group(2).split(", *", -1);
      String kind = matcher.group(1) + "/" + numbers.length;
      try {
        switch (kind) {
          case "rectifiedFlow/0":
            return NoiseSchedule.rectifiedFlow();
          case "squaredCosine/1":
            return NoiseSchedule.squaredCosine(Integer.parseInt(numbers[0]));
          case "linear/3":
            return NoiseSchedule.linear(
                Integer.parseInt(numbers[0]),
                Double.parseDouble(numbers[1]),
                Double.parseDouble(numbers[2]));
          case "scaledLinear/3":
            return NoiseSchedule.scaledLinear(
                Integer.parseInt(numbers[0]),
                Double.parseDouble(numbers[1]),
                Double.parseDouble(numbers[2]));
          default:
        }
      } catch (NumberFormatException e) {
        throw unknown(name, e);
      }
    }
    throw unknown(name, null);
  }

  private static IllegalArgumentException unknown(String name, Throwable cause) {
    return new IllegalArgumentException(
        "schedule must be rectifiedFlow, squaredCosine(T), linear(T, β, β) or scaledLinear(T, β,"
            + " β), got "
            + name,
        cause);
  }
}
