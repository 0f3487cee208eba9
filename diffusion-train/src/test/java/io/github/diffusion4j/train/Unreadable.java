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
record Unreadable(AtomicBoolean isAway, boolean isOnce) implements GraySquares {

  private static final Blobs BLOBS = new Blobs(7);

  @Override
  public int size() {
    return BLOBS.size();
  }

  @Override
  public int classes() {
    return BLOBS.classes();
  }

  @Override
  public int side() {
    return BLOBS.side();
  }

  @Override
  public void image(int index, float[] into, int offset) {
    if (isOnce ? isAway.getAndSet(false) : isAway.get()) {
      throw new UncheckedIOException(new IOException("the disk is away"));
    }
    BLOBS.image(index, into, offset);
  }

  @Override
  public int label(int index) {
    return BLOBS.label(index);
  }

  @Override
  public String hash() {
    return "unreadable";
  }

  @Override
  public String name() {
    return "unreadable";
  }
}
