package io.github.diffusion4j.train;

import java.util.Iterator;

/** The epochs of a run that have not ended. */
record Epochs(RunLoop loop) implements Iterator<Epoch> {

  @Override
  public boolean hasNext() {
    return loop.hasNextEpoch();
  }

  @Override
  public Epoch next() {
    return loop.nextEpoch();
  }
}
