package io.github.diffusion4j.train;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.train.parameters.Outline;
import io.github.diffusion4j.train.torch.Group;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What all workers of a run must have in common, which is compared before they depend on it. */
final class Agreement {

  private Agreement() {}

  /**
   * Checks that all workers have been started with the same network, settings and data.
   *
   * @throws DiffusionException if one differs from worker 0; the message names the setting
   */
  static void check(Group group, Batches batches, Map<String, Object> data) {
    if (group.size() > 1) {
      Map<String, Object> own = new LinkedHashMap<>();
      own.put("library version", Provenance.library());
      own.put("synchronised", batches.workers().isSynchronised());
      batches.network().settings().forEach((name, value) -> own.put("network." + name, value));
      String parameters = Outline.of(batches.network()).toString();
      own.put("network's names and shapes, by their hash", parameters.hashCode());
      batches.training().settings().forEach((name, value) -> own.put("training." + name, value));
      data.forEach((name, value) -> own.put("data." + name, value));
      compare(group, "settings", own);
    }
  }

  /**
   * Checks that all workers do the same: one that starts a run cannot meet one that resumes it.
   *
   * @throws DiffusionException if one does not
   */
  static void beginRun(Group group, String how) {
    if (group.size() > 1) {
      compare(group, "the beginning of the run", Map.of("beginning of the run", how));
    }
  }

  /**
   * Checks that all workers begin an epoch after the same step.
   *
   * @throws DiffusionException if one does not
   */
  static void beginEpoch(Group group, int epoch, long steps) {
    if (group.size() > 1) {
      compare(group, "epoch " + epoch, Map.of("steps made before epoch " + epoch, steps));
    }
  }

  private static void compare(Group group, String subject, Map<String, Object> own) {
    List<JsonNode> all =
        group.exchange(subject, Settings.write(own)).stream()
            .map(text -> Settings.of(Map.of(subject, text), subject).value())
            .toList();
    for (int rank = 1; rank < all.size(); rank++) {
      int other = rank;
      Settings.difference(all.get(0), all.get(rank))
          .ifPresent(
              d -> {
                throw new DiffusionException(
                    "all workers must have the same %s: worker 0 has %s, found %s on worker %d"
                        .formatted(d.name(), d.expected(), d.found(), other));
              });
    }
  }
}
