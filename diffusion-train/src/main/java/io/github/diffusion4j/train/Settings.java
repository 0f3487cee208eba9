package io.github.diffusion4j.train;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * An entry of a checkpoint's header, which says what its values are or what is wrong.
 *
 * @param entry its name
 * @param value its JSON value
 */
record Settings(String entry, JsonNode value) {

  /** Of texts of any length: the file that they are in has a limit. */
  static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
              .build());

  /**
   * An entry as JSON.
   *
   * @throws IllegalArgumentException if it is missing or not JSON
   */
  static Settings of(Map<String, String> header, String entry) {
    String text = header.get(entry);
    if (text == null) {
      throw new IllegalArgumentException("entry " + entry + " is missing");
    }
    try {
      return new Settings(entry, JSON.readTree(text));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "entry " + entry + " must be JSON, found " + e.getOriginalMessage(), e);
    }
  }

  /** An entry's text as the JSON object, list or number that it may be, else as a text. */
  static JsonNode ofText(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      return JSON.getNodeFactory().textNode(text);
    }
  }

  /** In ASCII: ONNX Runtime for Java gives other characters of metadata back as others. */
  static String write(Object value) {
    return write(value, JSON.writer().with(JsonWriteFeature.ESCAPE_NON_ASCII));
  }

  /** The same over several lines, for people. */
  static String writePretty(Object value) {
    DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
    DefaultPrettyPrinter printer = new DefaultPrettyPrinter().withObjectIndenter(indenter);
    return write(value, JSON.writer(printer)) + "\n";
  }

  private static String write(Object value, ObjectWriter writer) {
    try {
      return writer.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      String reason = e.getOriginalMessage().lines().findFirst().orElse("");
      throw new IllegalArgumentException(
          "a " + value.getClass().getName() + " cannot be written as JSON: " + reason, e);
    }
  }

  /** What JSON keeps of a value. */
  static JsonNode asRead(Object value) {
    return of(Map.of("value", write(value)), "value").value();
  }

  /**
   * A setting that is not the same.
   *
   * @param name its name
   * @param expected its value, or that there is none
   * @param found the other value
   */
  record Difference(String name, String expected, String found) {}

  /** The first setting that one has otherwise than the other, or not at all. */
  static Optional<Difference> difference(JsonNode expected, JsonNode found) {
    Set<String> names = new TreeSet<>();
    expected.fieldNames().forEachRemaining(names::add);
    found.fieldNames().forEachRemaining(names::add);
    return names.stream()
        .filter(name -> !expected.path(name).equals(found.path(name)))
        .findFirst()
        .map(name -> new Difference(name, told(expected.path(name)), told(found.path(name))));
  }

  private static String told(JsonNode value) {
    return value.isMissingNode() ? "nothing" : value.toString();
  }

  /** A value of settings as a text: its name and what it writes of itself. */
  static String describe(String name, Consumer<Map<String, Object>> part) {
    Map<String, Object> settings = new LinkedHashMap<>();
    part.accept(settings);
    return name + settings;
  }

  String text(String name) {
    return get(name, "a text", value.path(name).isTextual()).asText();
  }

  double number(String name) {
    return get(name, "a number", value.path(name).isNumber()).asDouble();
  }

  boolean flag(String name) {
    return get(name, "true or false", value.path(name).isBoolean()).asBoolean();
  }

  int whole(String name) {
    JsonNode found = value.path(name);
    return get(name, "a whole number", found.isIntegralNumber() && found.canConvertToInt()).asInt();
  }

  long wide(String name) {
    JsonNode found = value.path(name);
    return get(name, "a whole number", found.isIntegralNumber() && found.canConvertToLong())
        .asLong();
  }

  boolean has(String name) {
    return value.has(name);
  }

  List<Double> numbers(String name) {
    return list(name, "numbers", JsonNode::isNumber, JsonNode::asDouble);
  }

  List<Integer> wholes(String name) {
    return list(
        name,
        "whole numbers",
        number -> number.isIntegralNumber() && number.canConvertToInt(),
        JsonNode::asInt);
  }

  List<String> list(String name) {
    return list(name, "texts", JsonNode::isTextual, JsonNode::asText);
  }

  private <T> List<T> list(
      String name, String expected, Predicate<JsonNode> isRight, Function<JsonNode, T> read) {
    List<T> all = new ArrayList<>();
    for (JsonNode each : get(name, "a list", value.path(name).isArray())) {
      all.add(read.apply(check(each, name + " of " + entry, expected, isRight.test(each))));
    }
    return List.copyOf(all);
  }

  private JsonNode get(String name, String expected, boolean ok) {
    return check(value.path(name), name + " of " + entry, expected, ok);
  }

  /** The value itself as a whole number. */
  long count() {
    boolean ok = value.isIntegralNumber() && value.canConvertToLong() && value.asLong() >= 0;
    return check(value, entry, "a whole number of at least 0", ok).asLong();
  }

  /** The value itself as a number. */
  double number() {
    return check(value, entry, "a number", value.isNumber()).asDouble();
  }

  /** The value itself as a list of losses: numbers, or NaN for an epoch without steps. */
  List<Double> losses() {
    check(value, entry, "a list", value.isArray());
    List<Double> losses = new ArrayList<>();
    for (JsonNode loss : value) {
      boolean ok = loss.isNumber() || loss.asText().equals("NaN");
      losses.add(Double.valueOf(check(loss, entry, "numbers", ok).asText()));
    }
    return List.copyOf(losses);
  }

  /** The values themselves, all of them texts. */
  Map<String, String> texts() {
    Map<String, String> texts = new LinkedHashMap<>();
    value.fieldNames().forEachRemaining(name -> texts.put(name, text(name)));
    return texts;
  }

  /** The values themselves by name. */
  Map<String, Object> map() {
    return JSON.convertValue(value, new TypeReference<Map<String, Object>>() {});
  }

  private static JsonNode check(JsonNode found, String what, String expected, boolean ok) {
    if (!ok) {
      throw new IllegalArgumentException(what + " must be " + expected + ", found " + told(found));
    }
    return found;
  }
}
