package io.github.diffusion4j.train.data;

import java.util.Optional;

/** A data set from which others are held back. */
record Validated(Dataset all, Optional<Dataset> heldBack) implements DatasetView {

  @Override
  public String hash() {
    return all.hash() + ", validated on (" + heldBack.map(Dataset::hash).orElseThrow() + ")";
  }

  @Override
  public String difference() {
    return "validated on (" + heldBack.map(Dataset::name).orElseThrow() + ")";
  }
}
