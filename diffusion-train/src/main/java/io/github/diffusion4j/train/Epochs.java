package io.github.diffusion4j.train;

import java.util.Iterator;

/** The epochs of a run that have not ended. */
record Epochs(Trainer trainer) implements Iterator<Epoch> {

  @Override
  public boolean hasNext() {
    return trainer.hasNextEpoch();
  }

  @Override
  public Epoch next() {
    return trainer.nextEpoch();
  }
}
