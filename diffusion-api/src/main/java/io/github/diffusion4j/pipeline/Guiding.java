package io.github.diffusion4j.pipeline;

import io.github.diffusion4j.ClassifierFree;
import io.github.diffusion4j.Conditioning;
import io.github.diffusion4j.Guidance;
import io.github.diffusion4j.internal.Checks;
import java.util.Optional;
import java.util.function.Function;

/**
 * How requests are guided.
 *
 * @param scale γ of classifier-free guidance
 * @param form what is made of it, if it is not the plain one
 */
record Guiding(double scale, Optional<Function<ClassifierFree, ? extends Guidance>> form) {

  Guiding {
    Checks.finite(scale, "guidance scale");
  }

  static Guiding plain(double scale) {
    return new Guiding(scale, Optional.empty());
  }

  boolean asksPrompt() {
    return form.isPresent() || scale != 0;
  }

  boolean asksNegative() {
    return form.isPresent() || scale != 1;
  }

  Guidance between(Conditioning conditional, Conditioning unconditional) {
    ClassifierFree plain = Guidance.classifierFree(scale, conditional, unconditional);
    return form.<Guidance>map(made -> made.apply(plain)).orElse(plain);
  }

  /** In words, for the settings of a request, which name the prompts themselves. */
  @Override
  public String toString() {
    return form.isPresent()
        ? between(Conditioning.none(), Conditioning.none()).toString()
        : Double.toString(scale);
  }
}
