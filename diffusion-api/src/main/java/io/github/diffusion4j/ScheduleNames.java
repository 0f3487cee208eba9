package io.github.diffusion4j;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the names that schedules give themselves. */
final class ScheduleNames {

  private static final Pattern CALL = Pattern.compile("(\\w+)\\(([^()]*)\\)");

  private ScheduleNames() {}

  static NoiseSchedule parse(String name) {
    if (name.equals("rectifiedFlow")) {
      return NoiseSchedule.rectifiedFlow();
    }
    Matcher call = CALL.matcher(name);
    if (!call.matches()) {
      throw unknown(name);
    }
    double[] numbers;
    int steps;
    try {
      String[] parts = call.group(2).split(",", -1);
      numbers = Arrays.stream(parts).mapToDouble(Double::parseDouble).toArray();
      steps = Integer.parseInt(parts[0].strip());
    } catch (NumberFormatException e) {
      throw unknown(name);
    }
    return switch (call.group(1) + numbers.length) {
      case "linear3" -> NoiseSchedule.linear(steps, numbers[1], numbers[2]);
      case "scaledLinear3" -> NoiseSchedule.scaledLinear(steps, numbers[1], numbers[2]);
      case "squaredCosine1" -> NoiseSchedule.squaredCosine(steps);
      default -> throw unknown(name);
    };
  }

  private static IllegalArgumentException unknown(String name) {
    return new IllegalArgumentException(
        "schedule must be one of rectifiedFlow, linear(steps, first, last), scaledLinear(steps,"
            + " first, last), squaredCosine(steps), got "
            + name);
  }
}
