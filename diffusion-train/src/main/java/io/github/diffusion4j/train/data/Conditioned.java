package io.github.diffusion4j.train.data;

import io.github.diffusion4j.internal.Checks;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.IntFunction;

/** A data set with one more condition. */
record Conditioned(Dataset all, String condition, List<Integer> shape, IntFunction<float[]> values)
    implements DatasetView {

  Conditioned {
    Objects.requireNonNull(values, "values");
    shape = List.copyOf(shape);
    shape.forEach(axis -> Checks.atLeast(1, axis, "axes of condition " + condition));
    Checks.require(
        !all.conditions().containsKey(condition),
        () -> "data set " + all.name() + " has a condition " + condition + " already");
  }

  @Override
  public Map<String, List<Integer>> conditions() {
    Map<String, List<Integer>> more = new TreeMap<>(all.conditions());
    more.put(condition, shape);
    return more;
  }

  @Override
  public void condition(String name, int index, float[] into, int offset) {
    if (!name.equals(condition)) {
      DatasetView.super.condition(name, index, into, offset);
      return;
    }
    Checks.inRange(0, size() - 1, index, "image index");
    float[] given = Objects.requireNonNull(values.apply(index), "values of a condition");
    int expected = shape.stream().reduce(1, Math::multiplyExact);
    Checks.require(
        given.length == expected,
        () ->
            "condition "
                + condition
                + " of image "
                + index
                + " must have "
                + expected
                + " values, got "
                + given.length);
    System.arraycopy(given, 0, into, offset, expected);
  }

  @Override
  public String hash() {
    return all.hash() + ", " + condition + " sha256:" + Sha256.of(this, condition, shape);
  }

  @Override
  public String difference() {
    return "with " + condition;
  }
}
