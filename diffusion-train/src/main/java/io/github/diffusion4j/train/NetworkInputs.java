package io.github.diffusion4j.train;

import io.github.diffusion4j.Conditioning;
import io.github.diffusion4j.Query;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.train.net.Input;
import io.github.diffusion4j.train.net.Network;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The inputs of a network, as a question has them. */
final class NetworkInputs {

  private NetworkInputs() {}

  /**
   * Checks that a question has all inputs of the network and no others.
   *
   * @throws IllegalArgumentException if it is not
   */
  static void check(Network network, Query query) {
    Conditioning conditioning = query.conditioning();
    Map<String, Tensor> given = new TreeMap<>(conditioning.globals());
    given.putAll(conditioning.spatials());
    String told = given.isEmpty() ? "no inputs" : "only " + given.keySet();
    for (Input input : network.inputs()) {
      switch (input.name()) {
        case Input.SAMPLE -> checkShape(input, query.x());
        case Input.TIME -> {}
        default -> {
          Tensor tensor = given.remove(input.name());
          if (tensor == null) {
            throw new IllegalArgumentException(
                "the network must be told input "
                    + input.name()
                    + " "
                    + Stream.concat(Stream.of("1 or batch"), input.shape().stream()).toList()
                    + ", zeros for none; got "
                    + told);
          }
          checkShape(input, tensor);
        }
      }
    }
    if (!given.isEmpty()) {
      List<String> known =
          network.inputs().stream()
              .map(Input::name)
              .filter(name -> !name.equals(Input.SAMPLE) && !name.equals(Input.TIME))
              .toList();
      throw new IllegalArgumentException(
          "the network takes "
              + (known.isEmpty() ? "no conditioning" : "the conditioning " + known)
              + ", got "
              + given.keySet());
    }
  }

  /** The values of all inputs by name. */
  static Map<String, float[]> values(
      Network network, Tensor x, double[] times, Map<String, Tensor> conditions) {
    Map<String, float[]> values = new TreeMap<>();
    conditions.forEach((name, tensor) -> values.put(name, tensor.toArray()));
    values.put(Input.SAMPLE, x.toArray());
    if (network.inputs().stream().anyMatch(input -> input.name().equals(Input.TIME))) {
      float[] told = new float[times.length];
      for (int i = 0; i < told.length; i++) {
        told[i] = (float) times[i];
      }
      values.put(Input.TIME, told);
    }
    return values;
  }

  private static void checkShape(Input input, Tensor tensor) {
    int[] found = tensor.shape().toArray();
    boolean fits = found.length == input.shape().size() + 1;
    for (int i = 0; fits && i < input.shape().size(); i++) {
      fits = found[i + 1] == input.shape().get(i);
    }
    if (!fits) {
      throw new IllegalArgumentException(
          "input "
              + input.name()
              + " must have shape "
              + input.shape()
              + " for each image, got "
              + tensor.shape()
              + " with the batch");
    }
  }
}
