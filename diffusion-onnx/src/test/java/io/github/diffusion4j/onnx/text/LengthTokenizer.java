package io.github.diffusion4j.onnx.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** Takes the length of the prompt as its one token, and counts what it is asked. */
final class LengthTokenizer implements Tokenizer {

  private final AtomicInteger prompts = new AtomicInteger();
  private final AtomicInteger closings = new AtomicInteger();

  /** Makes the folder of an encoder with one of the models of the tests. */
  static Path component(Path folder, String model) throws IOException {
    Path made = Files.createDirectory(folder.resolve(model));
    Files.copy(Samples.resource("models/text/" + model + ".onnx"), made.resolve("model.onnx"));
    return made;
  }

  @Override
  public Tokens tokenize(String prompt) {
    prompts.incrementAndGet();
    return Tokens.padded(3, prompt.length());
  }

  @Override
  public void close() {
    closings.incrementAndGet();
  }

  int prompts() {
    return prompts.get();
  }

  int closings() {
    return closings.get();
  }
}
