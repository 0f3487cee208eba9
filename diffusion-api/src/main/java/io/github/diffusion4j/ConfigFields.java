package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The fields of a configuration, which remember what was asked of them. */
final class ConfigFields {

  private final Map<String, Object> fields = new LinkedHashMap<>();
  private final Set<String> asked = new HashSet<>();

  /** A field without value is none. */
  ConfigFields(Map<String, ?> fields) {
    fields.forEach(
        (name, value) -> {
          if (value != null) {
            this.fields.put(name, value);
          }
        });
  }

  Optional<Object> get(String name) {
    asked.add(name);
    return Optional.ofNullable(fields.get(name));
  }

  boolean isEmpty() {
    return fields.isEmpty();
  }

  boolean has(String name) {
    return get(name).isPresent();
  }

  String text(String name, String otherwise) {
    Object found = get(name).orElse(otherwise);
    if (found instanceof String text) {
      return text;
    }
    throw wrong(name, "a text", found);
  }

  /** One of the given texts, the first if the field is absent. */
  String choice(String name, String... allowed) {
    String found = text(name, allowed[0]);
    if (List.of(allowed).contains(found)) {
      return found;
    }
    throw wrong(name, "one of " + String.join(", ", allowed), found);
  }

  /** Whether it is the other of two texts; the first is usual. */
  boolean chosen(String name, String usual, String other) {
    return choice(name, usual, other).equals(other);
  }

  double number(String name, double otherwise) {
    Object found = get(name).orElse(otherwise);
    if (otherwise == Double.NEGATIVE_INFINITY && found.equals("-Infinity")) {
      // As writers of JSON without infinite numbers give lambda_min_clipped.
      return Double.NEGATIVE_INFINITY;
    }
    if (found instanceof Number number && !Double.isNaN(number.doubleValue())) {
      return number.doubleValue();
    }
    throw wrong(name, "a number", found);
  }

  Optional<Double> number(String name) {
    return has(name) ? Optional.of(number(name, 0)) : Optional.empty();
  }

  int whole(String name, int otherwise) {
    double found = number(name, otherwise);
    if (found == Math.rint(found) && Math.abs(found) <= Integer.MAX_VALUE) {
      return (int) found;
    }
    throw wrong(name, "a whole number", found);
  }

  boolean flag(String name, boolean otherwise) {
    Object found = get(name).orElse(otherwise);
    if (found instanceof Boolean flag) {
      return flag;
    }
    throw wrong(name, "true or false", found);
  }

  /** A list of numbers, empty if the field is absent. */
  double[] numbers(String name) {
    Object found = get(name).orElse(List.of());
    if (!(found instanceof Collection<?> list)) {
      throw wrong(name, "a list of numbers", found);
    }
    List<Double> numbers = new ArrayList<>();
    for (Object value : list) {
      if (!(value instanceof Number number) || !Double.isFinite(number.doubleValue())) {
        throw wrong(name, "a list of finite numbers", found);
      }
      numbers.add(number.doubleValue());
    }
    return numbers.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** A list of numbers that fall strictly within bounds; empty if the field is absent only. */
  double[] falling(String name, double least, double most) {
    double[] list = numbers(name);
    if (has(name) && list.length == 0) {
      throw wrong(name, "a list of at least one number", "[]");
    }
    Checks.falling(list, name);
    for (double value : list) {
      Checks.inRange(least, most, value, name);
    }
    return list;
  }

  int atLeast(String name, int otherwise, int least) {
    int found = whole(name, otherwise);
    if (found < least) {
      throw wrong(name, "at least " + least, found);
    }
    return found;
  }

  /** A field that has one value only. */
  void only(String name, Object value) {
    Object found = get(name).orElse(value);
    if (!same(found, value)) {
      throw wrong(name, String.valueOf(value), found);
    }
  }

  /** Refuses what nobody asked for, unless it does nothing. */
  void refuseOthers(Map<String, Set<Object>> defaults) {
    for (Map.Entry<String, Object> field : fields.entrySet()) {
      String name = field.getKey();
      Object value = field.getValue();
      boolean isIdle =
          asked.contains(name)
              || name.startsWith("_")
              || value.equals(false)
              || defaults.getOrDefault(name, Set.of()).stream().anyMatch(d -> same(value, d));
      if (!isIdle) {
        Set<Object> usual = defaults.getOrDefault(name, Set.of());
        throw wrong(
            name,
            "absent, null, false or diffusers' default"
                + (usual.isEmpty() ? ", as its class does not read it" : " " + usual),
            value);
      }
    }
  }

  private static boolean same(Object found, Object expected) {
    return (found instanceof Number a && expected instanceof Number b)
        ? a.doubleValue() == b.doubleValue()
        : found.equals(expected);
  }

  /** A field's value that is not taken, told by the field's name. */
  static final class WrongField extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    private WrongField(String message) {
      super(message);
    }
  }

  static WrongField wrong(String name, String expected, Object found) {
    return new WrongField(
        "expected field "
            + name
            + " to be "
            + expected
            + ", found "
            + (found instanceof String ? "\"" + found + "\"" : found));
  }

  /** The fields in the order of their names, but for those that begin with {@code _}. */
  @Override
  public String toString() {
    Map<String, Object> told = new TreeMap<>(fields);
    told.keySet().removeIf(name -> name.startsWith("_"));
    return told.toString();
  }
}
