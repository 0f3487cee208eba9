package io.github.diffusion4j.pipeline;

import io.github.diffusion4j.View;
import java.util.Objects;

/**
 * A way to look at an image, and what is to be seen then.
 *
 * @param view the view
 * @param prompt what to show through it
 * @param <P> what a prompt is
 */
public record Look<P>(View view, P prompt) {

  /** Checks the parts. */
  public Look {
    Objects.requireNonNull(view, "view");
    Objects.requireNonNull(prompt, "prompt");
  }

  @Override
  public String toString() {
    return prompt + " (" + view + ")";
  }
}
