package io.github.diffusion4j.onnx.model;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The goldens' model, open as long as the tests of a class run. */
final class TinyModel implements BeforeAllCallback, AfterAllCallback {

  private @Nullable DeepFloydIf model;

  @Override
  public void beforeAll(ExtensionContext context) {
    model = DeepFloydIf.open(Goldens.models().resolve("tiny-if"));
  }

  @Override
  public void afterAll(ExtensionContext context) {
    get().close();
  }

  DeepFloydIf get() {
    return Objects.requireNonNull(model, "model");
  }
}
