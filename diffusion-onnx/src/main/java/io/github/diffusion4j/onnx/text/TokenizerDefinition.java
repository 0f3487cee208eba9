package io.github.diffusion4j.onnx.text;

import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * All that makes a tokenizer.
 *
 * @param file where it was read, for messages
 * @param json the definition in the form of {@code tokenizer.json}
 * @param start the token before each prompt
 * @param end the token after each prompt
 * @param padding the token that fills up
 */
record TokenizerDefinition(Path file, String json, OptionalInt start, int end, int padding) {}
