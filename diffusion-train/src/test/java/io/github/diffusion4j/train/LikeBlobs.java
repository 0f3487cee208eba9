package io.github.diffusion4j.train;

/** Blobs, but for what an implementation says. */
interface LikeBlobs extends GraySquares {

  /** The blobs. */
  Blobs blobs();

  @Override
  default int size() {
    return blobs().size();
  }

  @Override
  default int classes() {
    return blobs().classes();
  }

  @Override
  default int side() {
    return blobs().side();
  }

  @Override
  default void image(int index, float[] into, int offset) {
    blobs().image(index, into, offset);
  }

  @Override
  default int label(int index) {
    return blobs().label(index);
  }

  @Override
  default String hash() {
    return blobs().hash();
  }

  @Override
  default String name() {
    return blobs().name();
  }
}
