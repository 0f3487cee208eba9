package io.github.diffusion4j.train.data;

import io.github.diffusion4j.internal.Checks;
import io.github.diffusion4j.train.net.Input;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.IntFunction;

/** A data set with one more condition, which a network's input takes. */
record Conditioned(Dataset all, Input input, IntFunction<float[]> values) implements DatasetView {

  Conditioned {
    Objects.requireNonNull(values, "values");
    Checks.require(
        !List.of(Input.SAMPLE, Input.TIME, Input.CLASS).contains(input.name()),
        () ->
            "a condition must have a name other than sample, timestep and class, got "
                + input.name());
    Checks.require(
        all.heldBack().isEmpty(),
        () ->
            "conditions must be added before images are held back, which need them too; data set "
                + all.name()
                + " holds some back, got condition "
                + input.name());
    Checks.require(
        !all.conditions().containsKey(input.name()),
        () -> "data set " + all.name() + " has a condition " + input.name() + " already");
  }

  @Override
  public Map<String, List<Integer>> conditions() {
    Map<String, List<Integer>> more = new TreeMap<>(all.conditions());
    more.put(input.name(), input.shape());
    return more;
  }

  @Override
  public void condition(String name, int index, float[] into, int offset) {
    if (!name.equals(input.name())) {
      Checks.require(
          all.conditions().containsKey(name),
          () ->
              "conditions of data set %s are %s, got %s"
                  .formatted(name(), conditions().keySet(), name));
      DatasetView.super.condition(name, index, into, offset);
      return;
    }
    Checks.inRange(0, size() - 1, index, "image index");
    float[] given = Objects.requireNonNull(values.apply(index), "values of a condition");
    int expected = input.elements();
    Checks.require(
        given.length == expected,
        () ->
            "condition "
                + name
                + " of image "
                + index
                + " must have "
                + expected
                + " values, got "
                + given.length);
    Levels.checkRoom(expected, into, offset);
    System.arraycopy(given, 0, into, offset, expected);
  }

  @Override
  public String hash() {
    return all.hash() + ", " + input.name() + " sha256:" + Sha256.of(this, input);
  }

  @Override
  public String difference() {
    return "with " + input.name();
  }
}
