package io.github.diffusion4j.pipeline;

import io.github.diffusion4j.Sampling;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One way to make images of prompts.
 *
 * @param name what it is called in the settings of a request
 * @param settings its own settings, by name
 * @param takesFirst whether the first draw of the noise is in the images already
 * @param maker makes the request to a sampler
 */
record Technique<P>(String name, Map<String, String> settings, boolean takesFirst, Maker<P> maker) {

  /** Makes a request to a sampler, without loop and noise. */
  @FunctionalInterface
  interface Maker<P> {
    Sampling make(Asked<P> asked);
  }

  static Map<String, String> told(List<?> prompts) {
    Map<String, String> settings = new LinkedHashMap<>();
    for (int i = 0; i < prompts.size(); i++) {
      settings.put(
          prompts.size() == 1 ? "prompt" : "prompt " + (i + 1), String.valueOf(prompts.get(i)));
    }
    return settings;
  }

  static Map<String, String> told(List<?> prompts, String name, Object value) {
    Map<String, String> settings = told(prompts);
    settings.put(name, String.valueOf(value));
    return settings;
  }
}
