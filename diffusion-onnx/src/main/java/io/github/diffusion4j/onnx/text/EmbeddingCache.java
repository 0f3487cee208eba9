package io.github.diffusion4j.onnx.text;

import io.github.diffusion4j.Tensor;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The embeddings of the prompts that were asked for last, up to a number and a size. */
final class EmbeddingCache {

  private final int mostPrompts;
  private final long mostValues;

  /** In the order of use, the longest ago first. */
  private final Map<String, Tensor> kept = new LinkedHashMap<>(16, 0.75f, true);

  private long values;

  EmbeddingCache(int mostPrompts, long mostValues) {
    this.mostPrompts = mostPrompts;
    this.mostValues = mostValues;
  }

  synchronized Optional<Tensor> get(String prompt) {
    return Optional.ofNullable(kept.get(prompt));
  }

  synchronized void put(String prompt, Tensor embeddings) {
    Tensor before = kept.put(prompt, embeddings);
    values += size(prompt, embeddings) - (before == null ? 0 : size(prompt, before));
    Iterator<Map.Entry<String, Tensor>> oldest = kept.entrySet().iterator();
    while (kept.size() > mostPrompts || (values > mostValues && kept.size() > 1)) {
      Map.Entry<String, Tensor> entry = oldest.next();
      values -= size(entry.getKey(), entry.getValue());
      oldest.remove();
    }
  }

  private static long size(String prompt, Tensor embeddings) {
    return (long) prompt.length() + embeddings.shape().elements();
  }

  synchronized void clear() {
    kept.clear();
    values = 0;
  }
}
