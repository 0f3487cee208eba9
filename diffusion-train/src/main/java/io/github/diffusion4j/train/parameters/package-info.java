/** What a network's parameters are, and copies of them. Not exported. */
@NullMarked
package io.github.diffusion4j.train.parameters;

import org.jspecify.annotations.NullMarked;
