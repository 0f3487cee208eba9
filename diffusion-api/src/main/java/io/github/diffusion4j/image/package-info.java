/**
 * Images and their files: pictures as tensors and back, their size, masks, grids, strips, PNG files
 * with the settings of their run, animations.
 */
@NullMarked
package io.github.diffusion4j.image;

import org.jspecify.annotations.NullMarked;
