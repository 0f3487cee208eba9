/** Training: networks, runs, checkpoints, trained denoisers. */
@NullMarked
package io.github.diffusion4j.train;

import org.jspecify.annotations.NullMarked;
