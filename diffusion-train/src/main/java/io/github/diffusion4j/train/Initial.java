package io.github.diffusion4j.train;

import io.github.diffusion4j.train.parameters.Values;
import io.github.diffusion4j.train.torch.Engine;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a new run begins with.
 *
 * @param origin what checkpoints tell of it; empty for random numbers
 * @param state the parameters by the engine's names; none for random numbers
 */
record Initial(String origin, Map<String, Values> state) {

  static final Initial RANDOM = new Initial("", Map.of());

  /** A trained network, as it is and as the mean that the run may keep of its parameters. */
  static Initial of(Map<String, String> metadata, Map<String, Values> parameters) {
    Map<String, Values> state = new TreeMap<>(parameters);
    parameters.forEach(
        (name, values) -> state.put("average" + name.substring("model".length()), values));
    return new Initial(origin(metadata), state);
  }

  void restore(Engine engine) {
    if (!state.isEmpty()) {
      Map<String, Values> all = new TreeMap<>(engine.state());
      state.forEach((name, values) -> all.computeIfPresent(name, (same, random) -> values));
      engine.restore(all, 0);
    }
  }

  /** A list: the network's own record, then those of the networks that it began with. */
  private static String origin(Map<String, String> metadata) {
    Map<String, String> own = new LinkedHashMap<>(metadata);
    List<Object> all = new ArrayList<>();
    all.add(own);
    if (own.remove("origin") != null) {
      Settings.of(metadata, "origin").value().forEach(all::add);
    }
    return Settings.write(all);
  }
}
