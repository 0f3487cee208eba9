/** The techniques by name, over a model and a way to tell it prompts. */
@NullMarked
package io.github.diffusion4j.pipeline;

import org.jspecify.annotations.NullMarked;
