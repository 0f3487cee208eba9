/** From prompts to what a network is told: tokens, and embeddings by a text encoder. */
@NullMarked
package io.github.diffusion4j.onnx.text;

import org.jspecify.annotations.NullMarked;
