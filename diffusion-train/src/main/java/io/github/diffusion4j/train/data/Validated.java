package io.github.diffusion4j.train.data;

import io.github.diffusion4j.internal.Checks;
import java.util.Optional;

/** A data set from which others are held back. */
record Validated(Dataset all, Optional<Dataset> heldBack) implements DatasetView {

  static Validated holdingBack(Dataset all, double share, long seed) {
    Checks.require(
        share > 0 && share < 1, () -> "share to hold back must be in (0, 1), got " + share);
    Checks.require(
        all.heldBack().isEmpty(), () -> "data set " + all.name() + " holds images back already");
    Checks.require(
        !hasCopies(all),
        () -> "images are held back before they are repeated, got data set " + all.name());
    Checks.require(all.size() > 1, () -> "to hold some images back needs 2 or more, got 1");
    int count = (int) Math.min(all.size() - 1L, Math.max(1, Math.round(share * all.size())));
    Dataset drawn = all.shuffled(seed);
    return new Validated(drawn.range(count, all.size()), Optional.of(drawn.first(count)));
  }

  private static boolean hasCopies(Dataset data) {
    return (data instanceof Repeated repeated && repeated.times() > 1)
        || (data instanceof DatasetView view && hasCopies(view.all()));
  }

  @Override
  public String hash() {
    return all.hash() + ", validated on (" + heldBack.map(Dataset::hash).orElseThrow() + ")";
  }

  @Override
  public String difference() {
    return "validated on (" + heldBack.map(Dataset::name).orElseThrow() + ")";
  }
}
