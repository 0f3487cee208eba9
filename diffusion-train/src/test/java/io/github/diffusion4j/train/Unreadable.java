package io.github.diffusion4j.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Seven blobs that cannot be read while their disk is away.
 *
 * @param isAway whether it is
 * @param isOnce whether it comes back after it was found to be away
 */
record Unreadable(AtomicBoolean isAway, boolean isOnce) implements LikeBlobs {

  @Override
  public Blobs blobs() {
    return new Blobs(7);
  }

  @Override
  public void image(int index, float[] into, int offset) {
    if (isOnce ? isAway.getAndSet(false) : isAway.get()) {
      throw new UncheckedIOException(new IOException("the disk is away"));
    }
    LikeBlobs.super.image(index, into, offset);
  }
}
