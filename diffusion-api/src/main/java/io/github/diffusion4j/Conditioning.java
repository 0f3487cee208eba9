package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What a network is told besides the image and the time: named tensors, for one image or for each
 * image of a batch.
 *
 * <p>A global tensor says something about the whole image (a class, a text); a spatial one belongs
 * to its pixels (an image to be enlarged), so what turns the image turns it too.
 *
 * <p>A value: every method returns a changed copy.
 */
public final class Conditioning {

  private static final Conditioning NONE = new Conditioning(Map.of(), Map.of());

  private final Map<String, Tensor> global;
  private final Map<String, Tensor> spatial;

  private Conditioning(Map<String, Tensor> global, Map<String, Tensor> spatial) {
    this.global = global;
    this.spatial = spatial;
  }

  /** Nothing. */
  public static Conditioning none() {
    return NONE;
  }

  /**
   * This and a tensor about the whole image.
   *
   * @param name the network's input
   * @param tensor its value; the first axis has one entry for all images, or one for each
   * @return the changed conditioning
   * @throws IllegalArgumentException if the name is taken or a value is not finite
   */
  public Conditioning global(String name, Tensor tensor) {
    return new Conditioning(with(global, name, tensor), spatial);
  }

  /**
   * This and a tensor about the pixels.
   *
   * @param name the network's input
   * @param tensor its value {@code [1 or batch, channels, height, width]}
   * @return the changed conditioning
   * @throws IllegalArgumentException if the name is taken, the tensor has not four axes or a value
   *     is not finite
   */
  public Conditioning spatial(String name, Tensor tensor) {
    Checks.require(
        tensor.shape().rank() == 4,
        () -> "spatial input " + name + " must have 4 axes, got shape " + tensor.shape());
    return new Conditioning(global, with(spatial, name, tensor));
  }

  private Map<String, Tensor> with(Map<String, Tensor> map, String name, Tensor tensor) {
    Checks.require(
        !global.containsKey(name) && !spatial.containsKey(name),
        () -> "conditioning has an input named " + name + " already");
    Checks.require(tensor.shape().batch() > 0, () -> "input " + name + " must not be empty");
    Checks.require(
        tensor.isFinite(), () -> "input " + name + " must be finite, got NaN or infinity");
    Map<String, Tensor> changed = new TreeMap<>(map);
    changed.put(name, tensor);
    return Collections.unmodifiableMap(changed);
  }

  /**
   * This and all tensors of another.
   *
   * @param other what is told besides
   * @return the joined conditioning
   * @throws IllegalArgumentException if both have an input of one name
   */
  public Conditioning and(Conditioning other) {
    Conditioning joined = this;
    for (Map.Entry<String, Tensor> input : other.global.entrySet()) {
      joined = joined.global(input.getKey(), input.getValue());
    }
    for (Map.Entry<String, Tensor> input : other.spatial.entrySet()) {
      joined = joined.spatial(input.getKey(), input.getValue());
    }
    return joined;
  }

  /**
   * The same inputs with zeros for all values, which tell a network that was trained so that there
   * is nothing: the second answer of classifier-free guidance.
   *
   * @return the conditioning, for one image
   */
  public Conditioning zeros() {
    return new Conditioning(zeros(global), zeros(spatial));
  }

  private static Map<String, Tensor> zeros(Map<String, Tensor> inputs) {
    Map<String, Tensor> zeros = new TreeMap<>();
    inputs.forEach((name, tensor) -> zeros.put(name, Tensor.zeros(tensor.shape().withBatch(1))));
    return Collections.unmodifiableMap(zeros);
  }

  /**
   * One conditioning for a batch, made of one for each image.
   *
   * @param each at least one, with the same inputs, each for one image
   * @return the joined conditioning; a single one is returned as it is
   * @throws IllegalArgumentException if there is none, or their inputs or shapes differ
   */
  public static Conditioning concat(List<Conditioning> each) {
    Checks.require(!each.isEmpty(), () -> "at least one conditioning is needed, got none");
    Conditioning first = each.get(0);
    for (Conditioning other : each) {
      Checks.require(
          other.global.keySet().equals(first.global.keySet())
              && other.spatial.keySet().equals(first.spatial.keySet()),
          () -> "conditionings must have the same inputs, got " + first + " and " + other);
    }
    if (each.size() == 1) {
      return first;
    }
    return new Conditioning(
        joined(first.global.keySet(), name -> each.stream().map(c -> value(c.global, name))),
        joined(first.spatial.keySet(), name -> each.stream().map(c -> value(c.spatial, name))));
  }

  private static Tensor value(Map<String, Tensor> inputs, String name) {
    return Objects.requireNonNull(inputs.get(name), name);
  }

  private static Map<String, Tensor> joined(
      Set<String> names, Function<String, Stream<Tensor>> values) {
    Map<String, Tensor> joined = new TreeMap<>();
    names.forEach(name -> joined.put(name, Tensors.concat(values.apply(name).toList())));
    return Collections.unmodifiableMap(joined);
  }

  /** The same with its spatial tensors as a view shows them. */
  Conditioning seenThrough(View view) {
    if (spatial.isEmpty()) {
      return this;
    }
    Map<String, Tensor> seen = new TreeMap<>();
    spatial.forEach((name, tensor) -> seen.put(name, view.apply(tensor)));
    return new Conditioning(global, Collections.unmodifiableMap(seen));
  }

  /** The tensors about the whole image, by name. */
  public Map<String, Tensor> globals() {
    return global;
  }

  /** The tensors about the pixels, by name. */
  public Map<String, Tensor> spatials() {
    return spatial;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Conditioning that
        && global.equals(that.global)
        && spatial.equals(that.spatial);
  }

  @Override
  public int hashCode() {
    return 31 * global.hashCode() + spatial.hashCode();
  }

  @Override
  public String toString() {
    Map<String, Tensor> all = new TreeMap<>(global);
    all.putAll(spatial);
    return all.isEmpty() ? "none" : all.toString();
  }
}
