/** Networks, written once over abstract operations. */
@NullMarked
package io.github.diffusion4j.train.net;

import org.jspecify.annotations.NullMarked;
