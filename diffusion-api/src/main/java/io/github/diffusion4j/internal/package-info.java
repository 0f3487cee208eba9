/** What the modules of this library share and nobody else should use: it changes without notice. */
@NullMarked
package io.github.diffusion4j.internal;

import org.jspecify.annotations.NullMarked;
