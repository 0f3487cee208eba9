package io.github.diffusion4j.train.torch;

import io.github.diffusion4j.DiffusionException;

/** Another worker has failed, ended or not answered in time. */
public final class LostWorkerException extends DiffusionException {

  private static final long serialVersionUID = 1L;

  /**
   * @param message which worker and what of it
   * @param cause what LibTorch said
   */
  public LostWorkerException(String message, Throwable cause) {
    super(message, cause);
  }
}
