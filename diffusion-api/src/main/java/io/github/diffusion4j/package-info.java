/**
 * The stable core: an image of any noise level is split into image and noise, the network is asked
 * for the split, the parts are mixed anew at the next level.
 */
@NullMarked
package io.github.diffusion4j;

import org.jspecify.annotations.NullMarked;
