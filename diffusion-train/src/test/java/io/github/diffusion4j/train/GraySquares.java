package io.github.diffusion4j.train;

import io.github.diffusion4j.train.data.Dataset;

/** Square images of one channel. */
interface GraySquares extends Dataset {

  /** The length of a side. */
  int side();

  @Override
  default int channels() {
    return 1;
  }

  @Override
  default int height() {
    return side();
  }

  @Override
  default int width() {
    return side();
  }
}
