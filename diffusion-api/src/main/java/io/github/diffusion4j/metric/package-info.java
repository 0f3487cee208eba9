/** How good generated images are. */
@NullMarked
package io.github.diffusion4j.metric;

import org.jspecify.annotations.NullMarked;
